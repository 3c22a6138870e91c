import { inspect } from 'node:util'
import * as core from '@actions/core'
import { ConfigurationError, describeProblem, type Problem } from '@sluice/core/failure'
import { writeSummary } from './summary.ts'

/**
 * Runs one action and reports what went wrong once: every problem of a `ConfigurationError` as an annotation on its file
 * and line, anything else as one annotation with the stack and the causes in the log. Sets the exit code, never exits.
 */
export async function runAction(title: string, main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    process.exitCode = 1
    if (error instanceof ConfigurationError) await reportProblems(title, error)
    else await reportUnexpected(title, error)
  }
}

/** Ends the step red with one line, for a verdict that is not a pass. Nothing was thrown: the decision itself is the result. */
export function failStep(title: string, reason: string): void {
  core.error(reason, { title })
  process.exitCode = 1
}

async function reportProblems(title: string, error: ConfigurationError): Promise<void> {
  for (const problem of error.problems) annotate(title, problem)
  if (error.cause != null) core.info(describeCauses(error.cause))
  const list = error.problems.map((problem) => `- ${describeProblem(problem)}`).join('\n')
  await writeSummary(`### ${title}: to be mended first\n\n${list}`)
}

function annotate(title: string, { message, location, hint }: Problem): void {
  core.error(hint == null ? message : `${message} (${hint})`, {
    title,
    ...(location == null ? {} : { file: location.file }),
    ...(location?.line == null ? {} : { startLine: location.line }),
    ...(location?.column == null ? {} : { startColumn: location.column }),
  })
}

async function reportUnexpected(title: string, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error)
  core.error(message, { title: `${title}: unexpected error` })
  core.info(describeCauses(error))
  await writeSummary(`### ${title}: unexpected error\n\nNothing was decided: an outage is no verdict.\n\n> ${message}`)
}

/** Stack of an error and of everything that caused it, with AWS's request ids, which their support asks for. */
function describeCauses(error: unknown): string {
  const parts: string[] = []
  for (let current = error; current != null && parts.length < 10;) {
    const { stack, $metadata } = current as { stack?: string; $metadata?: { requestId?: string; attempts?: number } }
    const request =
      $metadata?.requestId == null ? '' : ` (request ${$metadata.requestId}, attempt ${$metadata.attempts})`
    parts.push(`${parts.length === 0 ? '' : 'caused by: '}${stack ?? inspect(current)}${request}`)
    current = current instanceof Error ? current.cause : undefined
  }
  return parts.join('\n')
}
