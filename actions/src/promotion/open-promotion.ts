import type { DesiredState } from '@sluice/core/environment/read'
import type { Release } from '@sluice/core/environment/release'
import { describeBundle } from '@sluice/core/evidence/describe-bundle'
import { formatImageReference } from '@sluice/core/image-reference'
import { promotionBranch, promotionBranchPrefix } from '@sluice/core/promotion/branch'
import { decideEligibility } from '@sluice/core/promotion/eligibility'
import { freezeOf } from '@sluice/core/promotion/freeze'
import { withRelease } from '@sluice/core/promotion/release-lines'
import type { GitHub } from '../github/clients.ts'
import { proposeChange, type ProposedChange, type PullRequest } from '../github/promotions.ts'
import { findService } from '../runner/desired-state.ts'
import { readBundle } from './bundle-file.ts'

/** What is promoted where, or taken back. */
export interface PromotionRequest {
  readonly environment: string
  readonly service: string
  readonly release: Release
  readonly bundle?: string | undefined
  /** The release that failed, when this is a revert. */
  readonly 'revert-of'?: Release | undefined
  readonly reason?: string | undefined
}

/** What became of it: nothing to do, a pull request for people, or one to be merged now (with why or why not). */
export type OpenedPromotion =
  | { readonly mode: 'none' }
  | { readonly mode: 'merge' | 'wait'; readonly pull: PullRequest; readonly why: string }

/** Opens the pull request that changes one service's release lines. Running it again finds the same one. */
export async function openPromotion(
  github: GitHub,
  state: DesiredState,
  request: PromotionRequest,
  now: Date,
): Promise<OpenedPromotion> {
  const { environment, service, release } = request
  const { promotion } = findService(state, environment, service).environment.environment
  const path = `environments/${environment}/${service}.yaml`
  const texts = request['revert-of'] ? revertTexts(request) : await promotionTexts(request, state, now)
  const change: ProposedChange = {
    branch: promotionBranch(environment, service, release) + (request['revert-of'] ? '-revert' : ''),
    branchPrefix: promotionBranchPrefix(environment, service),
    path,
    edit: (text) => withRelease(text, release, path),
    title: texts.title,
    body: texts.body,
  }
  const pull = await proposeChange(github, change)
  if (!pull) return { mode: 'none' }
  if (promotion.mode !== 'auto') return { mode: 'wait', pull, why: `${environment} is promoted to by people` }
  if (!texts.eligible) return { mode: 'wait', pull, why: texts.why }
  return { mode: 'merge', pull, why: `${environment} is promoted to automatically` }
}

interface Texts {
  readonly title: string
  readonly body: string
  readonly eligible: boolean
  readonly why: string
}

async function promotionTexts(request: PromotionRequest, state: DesiredState, now: Date): Promise<Texts> {
  const { environment, service, release, reason } = request
  const title = `promote(${environment}): ${service} ${release.version}`
  if (request.bundle == null) {
    return { title, body: reason ?? '', eligible: false, why: 'there is no evidence to judge it by' }
  }
  const bundle = await readBundle(request.bundle)
  const eligibility = decideEligibility({ bundle, freeze: freezeOf(state, environment, now), now })
  return {
    title,
    body: describeBundle(bundle, eligibility),
    eligible: eligibility.eligible,
    why: eligibility.reasons.join('; '),
  }
}

function revertTexts({ environment, service, release, reason, ...request }: PromotionRequest): Texts {
  const failed = request['revert-of']
  const image = failed ? formatImageReference(failed.image) : 'the release'
  return {
    title: `revert(${environment}): ${service} back to ${release.version}`,
    body: [
      `\`${image}\` was rolled back in ${environment}: ${reason ?? 'no reason was recorded'}.`,
      '',
      `The environment runs \`${formatImageReference(release.image)}\` (version ${release.version}). This makes main say so again.`,
      `The failed digest is held in ${environment}: nothing promotes it again by itself.`,
    ].join('\n'),
    eligible: true,
    why: '',
  }
}
