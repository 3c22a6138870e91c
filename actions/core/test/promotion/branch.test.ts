import { expect, it } from 'vitest'
import { promotionBranch, readPromotionBranch } from '../../src/promotion/branch.ts'

const release = {
  image: { repository: 'component-registry', digest: `sha256:${'0123456789abcdef'.repeat(4)}` },
  commit: 'a'.repeat(40),
  version: '1.0.0',
}

it('reads for whom a branch is that it named', () => {
  const branch = promotionBranch('stage', 'registry', release)
  expect(branch).toBe('promotion/stage/registry/0123456789ab')
  expect(readPromotionBranch(branch)).toEqual({ environment: 'stage', service: 'registry' })
})

it.each([
  'promotion/stage/registry/0123456789ab-revert',
  'promotion/stage/registry',
  'promotion/stage/a/b/0123456789ab',
  'main',
])('reads nothing in %s', (branch) => expect(readPromotionBranch(branch)).toBeUndefined())
