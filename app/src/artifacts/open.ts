import { S3Client } from '@aws-sdk/client-s3'
import type { Config } from '../config.ts'
import type { Router } from '../shards/router.ts'
import { DatabaseArtifacts } from './database.ts'
import { FolderArtifacts } from './folder.ts'
import { S3Artifacts } from './s3.ts'
import type { ArtifactStore } from './store.ts'

/** The store that ARTIFACTS names; the shards themselves when it names none. */
export function openArtifacts(config: Config, router: Router): ArtifactStore {
  const { ARTIFACTS, S3_ENDPOINT, ARTIFACTS_REDIRECT } = config
  if (!ARTIFACTS) return new DatabaseArtifacts(router)
  if (!ARTIFACTS.startsWith('s3://')) {
    return new FolderArtifacts(ARTIFACTS.startsWith('file://') ? new URL(ARTIFACTS).pathname : ARTIFACTS)
  }
  const { host: bucket, pathname } = new URL(ARTIFACTS)
  const path = pathname.replace(/^\/+|\/+$/g, '')
  // A store that is not AWS's own knows its buckets by path.
  const s3 = new S3Client(S3_ENDPOINT ? { endpoint: S3_ENDPOINT, forcePathStyle: true } : {})
  return new S3Artifacts({ s3, bucket, prefix: path === '' ? '' : `${path}/`, redirects: ARTIFACTS_REDIRECT })
}
