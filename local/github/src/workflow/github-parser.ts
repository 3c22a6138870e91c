import { registerHooks } from 'node:module'
import type { Problem } from '@sluice/core/failure'

/** GitHub's parser imports JSON without attributes (actions/languageservices#387), which Node refuses. Added while it loads. */
async function loadParser() {
  const hooks = registerHooks({
    load: (url, context, next) =>
      url.includes('/@actions/') && url.endsWith('.json')
        ? next(url, { ...context, importAttributes: { type: 'json' } })
        : next(url, context),
  })
  try {
    const workflows = await import('@actions/workflow-parser')
    return { ...workflows, ...(await import('@actions/workflow-parser/actions/index')) }
  } finally {
    hooks.deregister()
  }
}

let parser: ReturnType<typeof loadParser> | undefined

/** What GitHub itself would refuse in a workflow: keys, types, contexts, functions and literals, each with its line. */
export async function githubProblems(path: string, text: string): Promise<Problem[]> {
  const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await (parser ??= loadParser())
  const { context, value } = parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter())
  if (value && context.errors.count === 0) await convertWorkflowTemplate(context, value)
  return context.errors.getErrors().map((error) => problemOf(path, error))
}

/** What GitHub itself would refuse in an action.yml. */
export async function githubActionProblems(path: string, text: string): Promise<Problem[]> {
  const { parseAction, NoOperationTraceWriter } = await (parser ??= loadParser())
  const { context } = parseAction({ name: path, content: text }, new NoOperationTraceWriter())
  return context.errors.getErrors().map((error) => problemOf(path, error))
}

function problemOf(
  file: string,
  {
    rawMessage: message,
    range,
  }: { rawMessage: string; range?: { readonly start: { readonly line: number; readonly column: number } } | undefined },
): Problem {
  return { message, location: { file, ...(range ? { line: range.start.line, column: range.start.column } : {}) } }
}
