import type { FindingsDecision } from '@sluice/core/findings/decide'
import { markdownTable } from '../runner/summary.ts'

type Named = FindingsDecision & { readonly name: string }

const mostRows = 50

/** What the policy says for each environment, and of each finding for the one that is next. */
export function describeDecisions(environment: string, decisions: readonly Named[]): string {
  const next = decisions.find(({ name }) => name === environment)
  const rows = (next?.findings ?? []).map(({ finding, effect, why }) => [
    effect === 'fail' ? '**fail**' : effect,
    finding.severity,
    finding.url == null ? finding.id : `[${finding.id}](${finding.url})`,
    finding.package ? `${finding.package.name}@${finding.package.version}` : (finding.location?.file ?? ''),
    finding.title,
    why,
  ])
  const shown = rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)).slice(0, mostRows)
  return [
    '### Findings',
    '',
    markdownTable(
      ['environment', 'outcome', 'reason'],
      decisions.map(({ name, outcome, reason }) => [name, `**${outcome}**`, reason]),
    ),
    ...(shown.length === 0 ? [] : ['', markdownTable(['', 'severity', 'id', 'where', 'what', 'why'], shown)]),
    ...(rows.length > shown.length ? ['', `and ${rows.length - shown.length} more`] : []),
    ...(next?.staleIgnores ?? []).map((ignore) => `\n> To be removed or renewed: ${ignore}`),
  ].join('\n')
}
