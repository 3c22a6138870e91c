import type { OpenedPromotion, PromotionRequest } from './open-promotion.ts'

/** What became of a promotion, for people. */
export function describePromotion(request: PromotionRequest, opened: OpenedPromotion, merged: boolean): string {
  const what = `${request.service} ${request.release.version} in ${request.environment}`
  if (opened.mode === 'none') return `### Nothing to promote\n\nmain says ${what} already.`
  const link = `[#${opened.pull.number}](${opened.pull.url})`
  if (merged) return `### Promoted\n\n${link} was merged: ${what}.`
  return `### Promotion opened\n\n${link} waits for people: ${what}. ${opened.why}.`
}
