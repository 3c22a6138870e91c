import type { DesiredState } from '@sluice/core/environment/read'
import type { Release } from '@sluice/core/environment/release'
import type { EvidenceBundle } from '@sluice/core/evidence/bundle'
import { ConfigurationError } from '@sluice/core/failure'
import { names } from '@sluice/core/names'
import { decideEligibility, type Eligibility } from '@sluice/core/promotion/eligibility'
import { freezeOf } from '@sluice/core/promotion/freeze'
import { awsClients } from '../aws/clients.ts'
import { roleToAssume } from '../aws/roles.ts'
import { gitHub } from '../github/clients.ts'
import { findService } from '../runner/desired-state.ts'
import { gatherEvidence } from './gather-evidence.ts'

/** What the step was asked for. */
export interface PlanInputs {
  readonly environment: string
  readonly service: string
  /** The release that main names, when none is given. */
  readonly release?: Release | undefined
  readonly reason?: string | undefined
  readonly role?: string | undefined
  readonly token: string
}

/** A promotion as it stands at `now`. */
export interface PromotionPlan {
  readonly bundle: EvidenceBundle
  readonly eligibility: Eligibility
  readonly unchanged: boolean
  readonly account: string
}

/** Gathers the evidence with a reading role, and decides whether the release may enter. */
export async function planPromotion(state: DesiredState, inputs: PlanInputs, now: Date): Promise<PromotionPlan> {
  const { environment, service } = inputs
  const found = findService(state, environment, service)
  const { account, regions } = found.environment.environment
  if (regions.length > 1) {
    throw new ConfigurationError([
      {
        message: `${environment}: expected one region, found ${regions.join(', ')}`,
        location: { file: `environments/${environment}/environment.yaml` },
        hint: 'waves over several regions are not built yet',
      },
    ])
  }
  const role = roleToAssume(inputs.role, account, names.role.plan(environment))
  const evidence = await gatherEvidence({
    state,
    environment,
    service,
    release: inputs.release ?? found.service.release,
    reason: inputs.reason,
    github: gitHub(inputs.token),
    aws: awsClients({ region: regions[0] ?? '', role }),
    artifacts: awsClients({ region: state.project.artifacts.region, role }),
    now,
  })
  const freeze = freezeOf(state, environment, now)
  const eligibility = decideEligibility({ bundle: evidence.bundle, freeze, now })
  return { bundle: evidence.bundle, eligibility, unchanged: evidence.unchanged, account }
}
