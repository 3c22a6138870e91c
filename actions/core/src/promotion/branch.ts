import type { Release } from '../environment/release.ts'

/** The branch of a promotion: one a digest, so that a review never covers a release that came later. */
export function promotionBranch(environment: string, service: string, release: Release): string {
  return `${promotionBranchPrefix(environment, service)}${release.image.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`
}

/** What the branches of all promotions of one service into one environment begin with. */
export function promotionBranchPrefix(environment: string, service: string): string {
  return `promotion/${environment}/${service}/`
}

/** Whom the branch of a promotion is for; nothing for any other branch, a revert's among them. */
export function readPromotionBranch(branch: string): { environment: string; service: string } | undefined {
  const [, environment, service] = /^promotion\/([^/]+)\/([^/]+)\/[0-9a-f]{12}$/.exec(branch) ?? []
  return environment == null || service == null ? undefined : { environment, service }
}
