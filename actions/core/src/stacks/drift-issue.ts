/** An issue of GitHub, as much of it as tells whether it is an environment's drift issue. */
export interface DriftIssue {
  readonly number: number
  readonly body: string
  /** `Bot` for what a workflow's token opened: anybody can write the marker, and a person's issue is never taken for ours. */
  readonly author: string
}

export interface DriftIssueText {
  readonly title: string
  readonly body: string
}

/** What is to be done about the drift issues of an environment. */
export type DriftIssuePlan =
  | { readonly kind: 'nothing' }
  | ({ readonly kind: 'open' } & DriftIssueText)
  | ({ readonly kind: 'update'; readonly number: number } & DriftIssueText)
  | { readonly kind: 'close'; readonly numbers: readonly number[]; readonly comment: string }

/** GitHub refuses bodies above 65,536 characters. */
const longestBody = 60_000

/**
 * One open issue an environment while something differs from git, none while nothing does. `open` are the open issues; the oldest one
 * with the marker is kept up to date, and an equal list changes nothing, so that a daily run disturbs nobody.
 */
export function planDriftIssue(
  environment: string,
  lines: readonly string[],
  open: readonly DriftIssue[],
  runUrl: string,
): DriftIssuePlan {
  const own = open
    .filter(({ author, body }) => author === 'Bot' && body.startsWith(marker(environment)))
    .sort((a, b) => a.number - b.number)
  const [first] = own
  if (lines.length === 0) {
    if (!first) return { kind: 'nothing' }
    const comment = `${environment} is as git says again, found by [this run](${runUrl}).`
    return { kind: 'close', numbers: own.map(({ number }) => number), comment }
  }
  const list = listOf(lines)
  const text = {
    title: `Drift: ${environment} differs from git`,
    body: [
      marker(environment),
      `**${environment}** differs from git in ${lines.length} ${lines.length === 1 ? 'thing' : 'things'}:`,
      list,
      'Take each change back by hand, or bring it to main and deliver it; never "revert drift" on a service stack, which resets traffic. ' +
        'Infrastructure is not deployed to this environment until then. This issue is closed by the first run that finds nothing.',
      `Found by [this run](${runUrl}).`,
    ].join('\n\n'),
  }
  if (!first) return { kind: 'open', ...text }
  return first.body.includes(list) ? { kind: 'nothing' } : { kind: 'update', number: first.number, ...text }
}

const marker = (environment: string) => `<!-- sluice drift of ${environment} -->`

/** In a fence, so that nothing of a name is taken for markup. */
function listOf(lines: readonly string[]): string {
  const shown: string[] = []
  let size = 0
  for (const line of lines) {
    const safe = line.replaceAll('`', "'").replaceAll('\n', ' ')
    if (size + safe.length > longestBody) break
    shown.push(safe)
    size += safe.length + 1
  }
  const rest = lines.length - shown.length
  return ['```text', ...shown, ...(rest > 0 ? [`... and ${rest} more, in the run's summary`] : []), '```'].join('\n')
}
