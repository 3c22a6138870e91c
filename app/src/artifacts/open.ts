import type { Config } from '../config.ts'
import type { Router } from '../shards/router.ts'
import { DatabaseArtifacts } from './database.ts'
import { FolderArtifacts } from './folder.ts'
import type { ArtifactStore } from './store.ts'

/** The store that ARTIFACTS names; the shards themselves when it names none. */
export function openArtifacts({ ARTIFACTS }: Config, router: Router): ArtifactStore {
  if (!ARTIFACTS) return new DatabaseArtifacts(router)
  if (ARTIFACTS.startsWith('s3://'))
    throw new Error('ARTIFACTS=s3://... is not supported yet: name a folder, or leave it out')
  return new FolderArtifacts(ARTIFACTS.startsWith('file://') ? new URL(ARTIFACTS).pathname : ARTIFACTS)
}
