import { expect, it } from 'vitest'
import { deployableShared, watchedShared } from '../../src/stacks/shared.ts'
import type { GoldenStack } from '../../src/stacks/stack.ts'

const stack = (environment: string, part: string): GoldenStack => ({
  id: `${environment}/${part}/us-east-1`,
  environment,
  part,
  account: '999999999999',
  region: 'us-east-1',
  name: `sluice-${environment}-${part}`,
  file: `${environment}/sluice-${environment}-${part}.template.json`,
  needs: [],
})

it("takes what all environments share, and neither an account's own stack nor an environment's", () => {
  const all = [
    stack('shared', 'account'),
    stack('shared', 'identity'),
    stack('shared', 'registry'),
    stack('prod', 'data'),
  ]
  expect(deployableShared(all).map(({ part }) => part)).toEqual(['identity', 'registry'])
})

it("watches the artifact account's stacks, its own among them, and no other account's", () => {
  const all = [
    stack('shared', 'account'),
    { ...stack('shared', 'account'), account: '222222222222' },
    stack('shared', 'registry'),
    { ...stack('shared', 'registry'), region: 'eu-west-1' },
    stack('prod', 'data'),
  ]
  expect(watchedShared(all, '999999999999').map(({ part, account, region }) => `${part} ${account} ${region}`)).toEqual(
    ['account 999999999999 us-east-1', 'registry 999999999999 us-east-1', 'registry 999999999999 eu-west-1'],
  )
})
