import type { DesiredState } from '@sluice/core/environment/read'
import type { EvidenceBundle } from '@sluice/core/evidence/bundle'
import { formatImageReference, parseImageReference } from '@sluice/core/image-reference'
import { names } from '@sluice/core/names'
import type { ApprovalFacts } from '@sluice/core/promotion/approval'
import { configurationPaths, configurationSince } from '@sluice/core/promotion/configuration'
import { decideEligibility } from '@sluice/core/promotion/eligibility'
import { promotionBranch } from '@sluice/core/promotion/branch'
import { freezeOf } from '@sluice/core/promotion/freeze'
import { awsClients } from '../aws/clients.ts'
import { roleToAssume } from '../aws/roles.ts'
import { readRunningRelease } from '../aws/running-release.ts'
import { findPromotionReview, listEnvironmentApprovals, listStarters } from '../github/approvals.ts'
import { readReleaseChange } from '../github/changes.ts'
import { readConfigurationChange } from '../github/configuration.ts'
import { gitHub } from '../github/clients.ts'
import { findDecision } from '../github/decisions.ts'
import { listDeployments } from '../github/deployments.ts'
import { imageExists } from '../registry/image-exists.ts'
import { findService } from '../runner/desired-state.ts'
import { asRun, isOf } from './release-facts.ts'

/** What was shown, and with what it is looked up again. */
export interface ApprovalRequest {
  readonly bundle: EvidenceBundle
  readonly shownSha256: string
  readonly role: string | undefined
  readonly token: string
}

/** Reads anew everything that the evidence said, and who approved: nothing is believed because an earlier job said so. */
export async function gatherApproval(request: ApprovalRequest, state: DesiredState, now: Date): Promise<ApprovalFacts> {
  const { bundle } = request
  const { environment, service } = bundle
  const place = findService(state, environment, service)
  const { account, regions } = place.environment.environment
  const role = roleToAssume(request.role, account, names.role.deploy(environment))
  const aws = awsClients({ region: regions[0] ?? '', role })
  const artifacts = awsClients({ region: state.project.artifacts.region, role })
  const github = gitHub(request.token)
  const image = parseImageReference(bundle.to.image)
  const { commit } = bundle.to
  const branch = promotionBranch(environment, service, { ...bundle.to, image })
  const [change, running, inRegistry, approvals, starters, review, decision, here] = await Promise.all([
    readReleaseChange(github, bundle.from?.commit || undefined, commit),
    readRunningRelease(aws.ecs, place.environment, service),
    imageExists(artifacts.ecr, state.project.artifacts.account, image),
    listEnvironmentApprovals(github, environment),
    listStarters(github),
    findPromotionReview(github, branch, process.env['GITHUB_SHA'] ?? commit),
    findDecision(github, { commit, digest: image.digest }, { environment, service }),
    listDeployments(github, environment, service),
  ])
  const configuration = await readConfigurationChange(github, {
    since: configurationSince(running && { image: running.image, commit: bundle.from?.commit }, here),
    head: process.env['GITHUB_SHA'] ?? commit,
    paths: configurationPaths(environment, service),
  })
  // Gates and rollouts are read anew; the past of the environment before is the evidence's own.
  const earlier = bundle.runs.filter((run) => run.environment !== environment)
  const runs = [...earlier, ...here.filter(isOf(image.digest)).slice(0, 3).map(asRun)]
  const known = { ...bundle, gates: decision ? [decision] : [], runs }
  const freeze = freezeOf(state, environment, now)
  return {
    bundle,
    shownSha256: request.shownSha256,
    approvals: [...approvals, ...(review?.approvals ?? [])],
    people: change.commits.flatMap(({ people }) => people),
    peopleComplete: change.complete,
    configurationPeople: configuration.commits.flatMap(({ people }) => people),
    configurationComplete: configuration.complete,
    pullRequestOpener: review?.opener,
    starters,
    runningImage: running?.image,
    wantedImage: formatImageReference(place.service.release.image),
    digestInRegistry: inRegistry,
    ineligible: decideEligibility({ bundle: known, freeze, now }).reasons,
    now,
  }
}
