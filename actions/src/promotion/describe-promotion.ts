import { markdownTable } from '../runner/summary.ts'
import type { OpenPromotion } from './list-promotions.ts'
import type { OpenedPromotion, PromotionRequest } from './open-promotion.ts'

/** What became of a promotion, for people. */
export function describePromotion(request: PromotionRequest, opened: OpenedPromotion, merged: boolean): string {
  const what = `${request.service} ${request.release.version} in ${request.environment}`
  if (opened.mode === 'none') return `### Nothing to promote\n\nmain says ${what} already.`
  const link = `[#${opened.pull.number}](${opened.pull.url})`
  if (merged) return `### Promoted\n\n${link} was merged: ${what}.`
  return `### Promotion opened\n\n${link} waits for people: ${what}. ${opened.why}.`
}

/** The open promotions that nobody has to merge, for people. */
export function describeOpenPromotions(promotions: readonly OpenPromotion[]): string {
  if (promotions.length === 0) return '### Open promotions\n\nNone waits for a merge by itself.'
  const rows = promotions.map(({ pull, environment, service, release, reasons }) => [
    `#${pull}`,
    `${service} ${release?.version ?? ''} to ${environment}`,
    reasons.length === 0 ? 'now' : reasons.join('; '),
  ])
  return `### Open promotions\n\n${markdownTable(['pull request', 'what', 'may be merged'], rows)}`
}
