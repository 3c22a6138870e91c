import { describe, expect, it } from 'vitest'
import { distributionActions } from '../../../src/ecr/distribution/log-distribution.ts'

const digest = `sha256:${'0'.repeat(64)}`

describe('distributionActions', () => {
  it.each([
    ['HEAD', `/v2/web/blobs/${digest}`, ['ecr:BatchCheckLayerAvailability']],
    ['GET', `/v2/web/blobs/${digest}`, ['ecr:GetDownloadUrlForLayer']],
    ['POST', '/v2/web/blobs/uploads/', ['ecr:InitiateLayerUpload']],
    ['PATCH', '/v2/web/blobs/uploads/1-2', ['ecr:UploadLayerPart']],
    ['PUT', '/v2/web/blobs/uploads/1-2', ['ecr:UploadLayerPart', 'ecr:CompleteLayerUpload']],
    ['HEAD', '/v2/web/manifests/latest', ['ecr:BatchGetImage']],
    ['PUT', `/v2/team/web/manifests/${digest}`, ['ecr:PutImage']],
    ['GET', '/v2/', []],
  ])('of %s %s are %j', (method, path, actions) => {
    expect(distributionActions(method, path)).toEqual(actions)
  })
})
