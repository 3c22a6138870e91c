import { describe, expect, it } from 'vitest'
import { pullHost } from '../../src/environment/pull-host.ts'

const project = { artifacts: { account: '999999999999', region: 'us-east-1' } }

describe('pullHost', () => {
  it("is the artifact account's registry in the region of the tasks, not the environment's own account", () => {
    const environment = { account: '222222222222', imageHost: undefined }
    expect(pullHost(project, environment, 'eu-west-1')).toBe('999999999999.dkr.ecr.eu-west-1.amazonaws.com')
  })

  it('is what the overlay of one machine says', () => {
    expect(pullHost(project, { imageHost: '127.0.0.1:4566' }, 'us-east-1')).toBe('127.0.0.1:4566')
  })
})
