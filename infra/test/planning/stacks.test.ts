import { describe, expect, it } from 'vitest'
import { waves, type PlannedStack } from '../../lib/planning/stack-plan.ts'
import { planStacks } from '../../lib/planning/stacks.ts'
import { buildApp, buildTemplates } from '../../lib/planning/synthesize.ts'
import { desiredState } from '../desired-state.ts'
import { profileState } from '../templates.ts'

const threeRegions = desiredState({ prod: { regions: '[us-east-1, us-west-2, eu-west-1]' } })
const stacks = planStacks(threeRegions)
const prod = stacks.filter(({ environment }) => environment === 'prod')
const at = (part: string, region: string) => {
  const index = waves(stacks).findIndex((wave) => wave.some(({ id }) => id === `prod/${part}/${region}`))
  expect(index).not.toBe(-1)
  return index
}
const stack = (id: string, needs: string[] = []): PlannedStack => {
  const [environment = '', part = '', region = ''] = id.split('/')
  return { id, environment, part, account: '222222222222', region, name: id, file: id, needs }
}

describe('planStacks', () => {
  it('gives every region its regional stacks, under one name', () => {
    const network = prod.filter(({ part }) => part === 'network')
    expect(network.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2', 'eu-west-1'])
    expect(new Set(network.map(({ name }) => name))).toEqual(new Set(['sluice-prod-network']))
  })

  it("keeps the region out of the primary's file name alone", () => {
    expect(prod.filter(({ part }) => part === 'network').map(({ file }) => file)).toEqual([
      'prod/sluice-prod-network.template.json',
      'prod/sluice-prod-network.us-west-2.template.json',
      'prod/sluice-prod-network.eu-west-1.template.json',
    ])
  })

  it('has what is global once', () => {
    expect(prod.filter(({ part }) => part === 'identity').map(({ region }) => region)).toEqual(['us-east-1'])
  })

  it('deploys services last to first, each after its own network', () => {
    expect(at('service', 'eu-west-1')).toBeLessThan(at('service', 'us-west-2'))
    expect(at('service', 'us-west-2')).toBeLessThan(at('service', 'us-east-1'))
    for (const region of ['us-east-1', 'us-west-2', 'eu-west-1']) {
      expect(at('network', region)).toBeLessThan(at('service', region))
    }
  })

  it('needs nothing that is not planned, and nothing of another environment', () => {
    const byId = new Map(stacks.map((one) => [one.id, one]))
    for (const { environment, needs } of stacks) {
      for (const need of needs) expect([environment, 'shared']).toContain(byId.get(need)?.environment)
    }
  })

  it('asks nothing of an account: no stack needs a look-up, whatever the profile', () => {
    const { app } = buildApp(profileState('global'), { builtinCloudFormationValidation: false })
    expect(app.synth().manifest.missing).toBeUndefined()
  })

  it('names each template once, and builds all of them', () => {
    const files = stacks.map(({ file }) => file)
    expect(new Set(files).size).toBe(files.length)
    expect([...buildTemplates(threeRegions).keys()]).toEqual(files)
  })
})

describe('waves', () => {
  it('puts a stack behind all that it needs, and beside what it does not', () => {
    const order = waves([stack('a/x/r', ['a/y/r']), stack('a/y/r'), stack('a/z/r')])
    expect(order.map((wave) => wave.map(({ id }) => id))).toEqual([['a/y/r', 'a/z/r'], ['a/x/r']])
  })

  it('takes what is not among the stacks as deployed', () => {
    expect(waves([stack('a/x/r', ['shared/registry/r'])])).toHaveLength(1)
  })

  it('names the stacks that wait for each other', () => {
    expect(() => waves([stack('a/x/r', ['a/y/r']), stack('a/y/r', ['a/x/r'])])).toThrow(
      'stacks wait for each other: a/x/r (a/y/r); a/y/r (a/x/r)',
    )
  })
})
