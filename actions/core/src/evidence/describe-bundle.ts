import { describeDuration } from '../duration.ts'
import { bundleSha256, type EvidenceBundle } from './bundle.ts'
import type { ChangeCommit, Person } from './person.ts'

/** GitHub caps the body of a pull request at 65,536 characters; the rest of the page needs a few. */
const longestList = 100

/** The one page that an approver reads: the decision first, then what, proof, operations, and the way back. */
export function describeBundle(
  bundle: EvidenceBundle,
  eligibility: { eligible: boolean; reasons: readonly string[] },
): string {
  const { risk, to, from } = bundle
  const parts = [
    `**Risk ${risk.level.toUpperCase()}**: ${risk.reasons.join('; ')}. Strategy: \`${bundle.strategy}\`.`,
    eligibility.eligible
      ? 'Nothing stands in the way.'
      : `**Not yet:**\n${eligibility.reasons.map((reason) => `- ${reason}`).join('\n')}`,
    table(
      ['', 'runs now', 'comes'],
      [
        ['image', code(from?.image), code(to.image)],
        ['commit', code(from?.commit.slice(0, 12)), code(to.commit.slice(0, 12))],
        ['version', code(from?.version), code(to.version)],
      ],
    ),
    ...(bundle.reason == null ? [] : [`Reason given: ${bundle.reason}`]),
    describeGates(bundle),
    describeCommits(bundle),
    ...describeConfiguration(bundle),
    describeTaskDefinition(bundle),
    describeRules(bundle),
  ]
  return parts.join('\n\n')
}

function describeGates({ gates, runs }: EvidenceBundle): string {
  const rows = [
    ...gates.map((gate) => [gate.gate, `**${gate.outcome}**`, gate.reason]),
    ...runs.map((run) => [
      `ran in ${run.environment}`,
      `**${run.outcome}**`,
      [
        `deployment ${run.deploymentId}, ${run.finishedAt}`,
        ...run.gates.map((gate) => `${gate.gate}: ${gate.reason}`),
      ].join('; '),
    ]),
  ]
  return rows.length === 0 ? '### Proof\n\nNone yet.' : `### Proof\n\n${table(['gate', 'outcome', 'measured'], rows)}`
}

function describeCommits({ change }: EvidenceBundle): string {
  return [
    `### Change: ${change.commits.length} commit(s), ${change.files.length} file(s)`,
    '',
    ...listCommits(change),
  ].join('\n')
}

/** Nothing where nothing but the release changes. */
function describeConfiguration({ configuration, environment }: EvidenceBundle): string[] {
  if (!configuration || (configuration.complete && configuration.commits.length === 0)) return []
  const head = `### Configuration of ${environment}: ${configuration.commits.length} commit(s) since the last rollout that passed`
  return [[head, '', ...listCommits(configuration)].join('\n')]
}

function listCommits(listed: { readonly commits: readonly ChangeCommit[]; readonly complete: boolean }): string[] {
  const shown = listed.commits.slice(0, longestList)
  const rest = listed.commits.length - shown.length
  return [
    ...(listed.complete ? [] : ['**Not all commits could be listed.**', '']),
    ...shown.map(({ sha, subject, people }) => {
      const names = [...new Set(people.map(describePerson))].join(', ')
      return `- ${code(sha.slice(0, 7))} ${escape(subject)} (${names})`
    }),
    ...(rest > 0 ? [`- and ${rest} more`] : []),
  ]
}

function describeTaskDefinition({ taskDefinition }: EvidenceBundle): string {
  if (taskDefinition.changes.length === 0) return '### Task definition\n\nUnchanged.'
  const rows = taskDefinition.changes
    .slice(0, longestList)
    .map(({ path, from, to }) => [code(path), code(shorten(from)), code(shorten(to))])
  return `### Task definition\n\n${table(['value', 'runs now', 'comes'], rows)}`
}

function describeRules(bundle: EvidenceBundle): string {
  const { approvals, approvalTtlSeconds, soakSeconds, from } = bundle.promotion
  const commits = [...bundle.change.commits, ...(bundle.configuration?.commits ?? [])]
  const authors = [...new Set(commits.flatMap(({ people }) => people.map(describePerson)))].sort()
  return [
    '### Rules',
    '',
    `- Approvals needed: ${approvals}, of different people, none of them ${authors.join(', ') || 'an author of the change'}.`,
    `- An approval counts for ${describeDuration(approvalTtlSeconds)} after the evidence was written (${bundle.createdAt}).`,
    ...(from == null || soakSeconds === 0
      ? []
      : [`- It must have run in ${from} for ${describeDuration(soakSeconds)}.`]),
    `- Way back: the workflow \`rollback\` with environment \`${bundle.environment}\` and service \`${bundle.service}\`.`,
    `- Evidence: \`sha256:${bundleSha256(bundle)}\`.`,
  ].join('\n')
}

function describePerson({ login, name }: Person): string {
  return login == null ? escape(name) : login
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function code(text: string | undefined): string {
  return text == null ? '-' : `\`${text.replaceAll('`', "'").replaceAll('|', String.raw`\|`)}\``
}

function shorten(value: unknown): string | undefined {
  if (value === undefined) return undefined
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`
}

/** Commit subjects and names are other people's words: they may not become markup or mentions. */
function escape(text: string): string {
  return text.replaceAll(/[<>[\]|*_`]/g, String.raw`\$&`).replaceAll('@', '@\u200B')
}
