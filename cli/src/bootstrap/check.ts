import type { StepCheck } from './bootstrap-step.ts'

/** What a check found. `not checked` is never taken for done: nothing unknown is a pass. */
export interface CheckResult {
  readonly state: 'there' | 'missing' | 'not checked'
  readonly reason: string
}

/** Runs a program; resolves whatever its exit code is, and with `undefined` when there is no such program. */
export type RunProgram = (
  program: string,
  args: readonly string[],
) => Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string } | undefined>

/** What AWS and GitHub answer when a thing is not there; any other failure says nothing about it. */
const absent =
  /does not exist|NotFound|ParameterNotFound|ResourceNotFoundException|RepositoryNotFoundException|NoSuchEntity|HTTP 404|NoSuchResource/

/** Finds out whether steps are done, with the credentials that happen to be there. Reads only. */
export function createChecker(run: RunProgram): (check: StepCheck | undefined) => Promise<CheckResult> {
  let identity: Promise<string | undefined> | undefined
  const account = () =>
    (identity ??= run('aws', ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text']).then((answer) =>
      answer?.exitCode === 0 ? answer.stdout.trim() : undefined,
    ))
  return async (check) => {
    if (!check) return { state: 'not checked', reason: 'nothing that can be asked' }
    if (check.account != null) {
      const own = await account()
      if (own == null) return { state: 'not checked', reason: 'no AWS credentials that work, or no aws program' }
      if (own !== check.account) return { state: 'not checked', reason: `the credentials are of ${own}` }
    }
    const [program, ...args] = check.command
    const answer = await run(program, args)
    if (!answer) return { state: 'not checked', reason: `there is no program ${program}` }
    if (answer.exitCode === 0) {
      return answer.stdout.includes(check.contains)
        ? { state: 'there', reason: '' }
        : { state: 'missing', reason: `expected ${check.contains}, found "${answer.stdout.trim().slice(0, 80)}"` }
    }
    const said = `${answer.stdout}\n${answer.stderr}`
    // GitHub answers 404 to who may not see a thing, too: only who can read the repository is told the truth.
    if (absent.test(said)) return { state: 'missing', reason: lastLine(said) }
    return { state: 'not checked', reason: lastLine(said) }
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 120) ?? ''
