import { checksRoutes } from './checks.ts'
import { commitsRoutes } from './commits.ts'
import { contentsRoutes } from './contents.ts'
import { deploymentsRoutes } from './deployments.ts'
import { environmentsRoutes } from './environments.ts'
import { issuesRoutes } from './issues.ts'
import { pullsRoutes } from './pulls.ts'
import { referencesRoutes } from './references.ts'
import { repositoryRoutes } from './repository.ts'
import { runsRoutes } from './runs.ts'
import type { Route } from './route.ts'

/** What of GitHub's API is answered. */
export const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...commitsRoutes,
  ...contentsRoutes,
  ...referencesRoutes,
  ...checksRoutes,
  ...pullsRoutes,
  ...deploymentsRoutes,
  ...runsRoutes,
  ...environmentsRoutes,
  ...issuesRoutes,
]
