import type { DesiredState } from '@sluice/core/environment/read'
import type { Release } from '@sluice/core/environment/release'
import { ConfigurationError } from '@sluice/core/failure'
import { readPromotionBranch } from '@sluice/core/promotion/branch'
import { decideEligibility } from '@sluice/core/promotion/eligibility'
import { freezeOf } from '@sluice/core/promotion/freeze'
import { readRelease } from '@sluice/core/promotion/release-lines'
import { isStatus, type GitHub } from '../github/clients.ts'
import { listOpenPulls, readFile, type OpenPull } from '../github/promotions.ts'
import { readReleaseFacts } from './release-facts.ts'

/** An open promotion into an environment that promotes automatically. */
export interface OpenPromotion {
  readonly pull: number
  readonly environment: string
  readonly service: string
  /** Absent when its branch does not say it in a way that can be read. */
  readonly release?: Release
  /** Why it may not be merged yet; empty when it may. */
  readonly reasons: readonly string[]
}

/**
 * The open promotions that nobody has to merge, with what stands in the way of each. A merge that waited for time alone, a soak or a
 * freeze, has nobody who comes back to it. Reads GitHub and nothing else.
 */
export async function listPromotions(github: GitHub, state: DesiredState, now: Date): Promise<OpenPromotion[]> {
  const promotions: OpenPromotion[] = []
  for (const pull of await listOpenPulls(github)) {
    const place = readPromotionBranch(pull.branch)
    const found = place && state.environments[place.environment]
    if (!found || found.environment.promotion.mode !== 'auto' || !found.services[place.service]) continue
    promotions.push(await readPromotion(github, state, pull, place, now))
  }
  return promotions
}

async function readPromotion(
  github: GitHub,
  state: DesiredState,
  pull: OpenPull,
  place: { readonly environment: string; readonly service: string },
  now: Date,
): Promise<OpenPromotion> {
  const path = `environments/${place.environment}/${place.service}.yaml`
  const promotion = { pull: pull.number, ...place }
  try {
    const release = readRelease((await readFile(github, path, pull.headSha)).text, path)
    const { facts } = await readReleaseFacts(github, state, { ...place, release })
    const { reasons } = decideEligibility({ bundle: facts, freeze: freezeOf(state, place.environment, now), now })
    return { ...promotion, release, reasons }
  } catch (error) {
    // One branch that somebody broke must not hold the others back.
    if (isStatus(error, 404)) return { ...promotion, reasons: [`its branch has no ${path}`] }
    if (error instanceof ConfigurationError) return { ...promotion, reasons: [error.message] }
    throw error
  }
}
