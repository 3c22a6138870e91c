import type { DesiredState } from '@sluice/core/environment/read'
import type { ScannerName } from '@sluice/core/findings/finding'
import type { ImageReference } from '@sluice/core/image-reference'
import { names } from '@sluice/core/names'
import { firstEnvironment } from '@sluice/core/promotion/order'
import { awsClients } from '../aws/clients.ts'
import { roleToAssume } from '../aws/roles.ts'
import { systemClock } from '../runner/clock.ts'
import { readAdvisorySnapshot } from './advisory-snapshot.ts'
import { readImageFindings } from './ecr.ts'
import { auditPackages } from './npm-audit.ts'
import type { PreparedScanner } from './run-scanners.ts'
import { findSecrets } from './secretlint.ts'
import { runSnyk } from './snyk.ts'
import { runSonar } from './sonar.ts'

/** What scanners look at and with what. */
export interface ScanSettings {
  readonly folder: string
  readonly state: DesiredState
  /** The service's folder. */
  readonly path: string
  readonly image: ImageReference | undefined
  readonly role: string | undefined
  readonly snykToken: string | undefined
  readonly sonarToken: string | undefined
}

/** Makes each scanner ready, or says what it lacks. */
export function prepareScanners(
  wanted: readonly ScannerName[],
  settings: ScanSettings,
  env: NodeJS.ProcessEnv = process.env,
): Map<ScannerName, PreparedScanner> {
  const { folder, path, snykToken, sonarToken } = settings
  const now = (): Date => systemClock.now()
  const { owner, repository } = settings.state.project.github
  const prepare: Readonly<Record<ScannerName, () => PreparedScanner>> = {
    'npm-audit': () => () => auditPackages(folder, path, readAdvisorySnapshot(), now),
    secretlint: () => () => findSecrets(folder, now),
    ecr: () => prepareEcr(settings),
    snyk: () => (snykToken == null ? { notRun: 'there is no SNYK_TOKEN' } : () => runSnyk(folder, snykToken, now)),
    sonar: () => {
      if (sonarToken == null) return { notRun: 'there is no SONAR_TOKEN' }
      const url = env['SONAR_HOST_URL'] ?? 'https://sonarcloud.io'
      const project = { url, projectKey: `${owner}_${repository}`, organization: owner }
      return () => runSonar(folder, { ...project, token: sonarToken }, systemClock)
    },
  }
  return new Map(wanted.map((scanner) => [scanner, prepare[scanner]()]))
}

/** ECR's findings are read with the plan role of the first environment: reading is all that it may. */
function prepareEcr({ state, image, role }: ScanSettings): PreparedScanner {
  if (!image) return { notRun: 'no image was named' }
  const { account, region } = state.project.artifacts
  const first = firstEnvironment(state)
  const planAccount = state.environments[first]?.environment.account ?? account
  const assumed = roleToAssume(role, planAccount, names.role.plan(first))
  return () => readImageFindings(awsClients({ region, role: assumed }).ecr, image, account, systemClock)
}
