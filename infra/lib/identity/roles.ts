import type { DesiredState, EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { shared } from '@sluice/core/stacks/shared'
import { registryRegions } from '../topology/regions.ts'
import { accountReadingPermissions, sharedReadingPermissions } from './drift-reading.ts'
import {
  detectionPermissions,
  driftPermissions,
  infraPermissions,
  infraPreflightPermissions,
  recoveryPermissions,
} from './operations.ts'
import {
  buildPermissions,
  deployPermissions,
  planPermissions,
  rollBackPermissions,
  rolloutPermissions,
} from './permissions.ts'
import type { Statement } from './policy.ts'
import { repositoryArns, roleScope } from './scope.ts'
import type { Subject } from './trust.ts'

/** A role that jobs of GitHub take: who may take it, and what it may do. */
export interface RoleDefinition {
  /** The logical id in its stack. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly subject: Subject
  /** Files of `.github/workflows` whose jobs may take it; of a called workflow the called file counts. */
  readonly workflows: readonly string[]
  readonly statements: readonly Statement[]
}

const main: Subject = { branch: 'main' }

/** The roles of one environment, in its own account. */
export function environmentRoles(state: DesiredState, environment: EnvironmentState): RoleDefinition[] {
  const scope = roleScope(state, environment)
  const { name } = environment
  const { role, githubEnvironment } = names
  return [
    {
      id: 'Plan',
      name: role.plan(name),
      description: 'Reads what runs, for the evidence of a promotion',
      subject: main,
      workflows: ['deploy.yml', 'release.yml', 'promote.yml', 'promote-due.yml', 'rollback.yml'],
      statements: planPermissions(scope),
    },
    {
      id: 'Deploy',
      name: role.deploy(name),
      description: 'Starts a rollout after its approval',
      subject: { environment: githubEnvironment.reviewed(name) },
      workflows: ['deploy.yml'],
      statements: deployPermissions(scope),
    },
    {
      id: 'Rollout',
      name: role.rollout(name),
      description: 'Follows a rollout: describes, continues, stops',
      subject: { environment: githubEnvironment.rollout(name) },
      // Stacks may cause a rollout, which is followed like any other.
      workflows: ['deploy.yml', 'infra.yml'],
      statements: rolloutPermissions(scope),
    },
    {
      id: 'RollBack',
      name: role.rollBack(name),
      description: 'Undoes a rollout and holds its digest',
      subject: { environment: githubEnvironment.rollBack(name) },
      workflows: ['deploy.yml'],
      statements: rollBackPermissions(scope),
    },
    {
      id: 'Drift',
      name: role.drift(name),
      description: 'Compares the environment with git, on a schedule',
      subject: main,
      workflows: ['drift.yml'],
      statements: driftPermissions(scope),
    },
    {
      id: 'Recovery',
      name: role.recovery(name),
      description: 'Moves the environment to another region',
      subject: { environment: githubEnvironment.recovery(name) },
      workflows: ['dr-drill.yml'],
      statements: recoveryPermissions(scope),
    },
    {
      id: 'Infra',
      name: role.infra(name),
      description: "Deploys the environment's stacks by change set",
      subject: { environment: githubEnvironment.reviewed(name) },
      workflows: ['infra.yml'],
      statements: [...infraPermissions(scope), ...infraPreflightPermissions(scope), ...driftPermissions(scope)],
    },
  ]
}

/** The roles of the artifact account, whose stacks belong to the environment `shared`. */
export function sharedRoles(state: DesiredState): RoleDefinition[] {
  const environment = shared
  // The copies of the registry have stacks of their own.
  const regions = registryRegions(state)
  const { project } = state
  const { account } = project.artifacts
  const images = Object.values(project.services).map(({ image }) => image)
  return [
    {
      id: 'Build',
      name: names.role.build(),
      description: 'Pushes the images that main builds',
      subject: main,
      workflows: ['release.yml'],
      statements: buildPermissions(repositoryArns({ artifacts: project.artifacts, images })),
    },
    {
      id: 'Drift',
      name: names.role.drift(environment),
      description: 'Compares what all environments share with git, on a schedule',
      subject: main,
      workflows: ['drift.yml'],
      statements: [
        ...detectionPermissions({ account, stackRegions: regions, environment }),
        ...sharedReadingPermissions(regions),
        ...accountReadingPermissions(account),
      ],
    },
    {
      id: 'Infra',
      name: names.role.infra(environment),
      description: 'Deploys what all environments share by change set',
      subject: { environment: names.githubEnvironment.reviewed(environment) },
      workflows: ['infra.yml'],
      statements: [
        ...infraPermissions({ account, stackRegions: regions }),
        ...detectionPermissions({ account, stackRegions: regions, environment }),
        ...sharedReadingPermissions(regions),
      ],
    },
  ]
}
