import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Router } from '../shards/router.ts'
import { DatabaseArtifacts } from './database.ts'
import { FolderArtifacts } from './folder.ts'
import type { ArtifactStore } from './store.ts'

/** The store that ARTIFACTS names; the shards themselves when it names none. */
export async function openArtifacts(config: Config, router: Router, log: Logger): Promise<ArtifactStore> {
  const { ARTIFACTS, S3_ENDPOINT, ARTIFACTS_REDIRECT } = config
  if (!ARTIFACTS) return new DatabaseArtifacts(router)
  if (!ARTIFACTS.startsWith('s3://')) {
    return new FolderArtifacts(ARTIFACTS.startsWith('file://') ? new URL(ARTIFACTS).pathname : ARTIFACTS)
  }
  const { host: bucket, pathname } = new URL(ARTIFACTS)
  const path = pathname.replace(/^\/+|\/+$/g, '')
  // Loaded where it is used alone: it weighs ten megabytes in memory.
  const { openBucket } = await import('./s3.ts')
  return openBucket({
    bucket,
    prefix: path === '' ? '' : `${path}/`,
    redirects: ARTIFACTS_REDIRECT,
    endpoint: S3_ENDPOINT,
    log,
  })
}
