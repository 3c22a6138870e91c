import { planStacks } from '../../lib/planning/stacks.ts'
import { profileState, stacksOf, wholeEdge, type Resource, type Stack } from '../templates.ts'

/** `prod` of the profile `global` with everything that its edge can have. */
const state = profileState('global', wholeEdge)
export const plan = planStacks(state).filter(({ environment }) => environment === 'prod')
const stacks = stacksOf(state)
export const edge = stackOf('prod/sluice-prod-edge.template.json')
export const regions = ['us-east-1', 'us-west-2', 'eu-west-1']
export const origins = new Map(
  regions.map((region) => [
    region,
    stackOf(`prod/sluice-prod-origin${region === 'us-east-1' ? '' : `.${region}`}.template.json`),
  ]),
)

export function stackOf(file: string): Stack {
  const found = stacks.get(file)
  if (!found) throw new Error(`there is no ${file}`)
  return found
}

export const distribution = edge.get('Distribution').properties['DistributionConfig']
const recovery = stackOf('prod/sluice-prod-recovery.template.json')
export const records = [edge, ...origins.values()].flatMap((stack) =>
  stack.ofType('AWS::Route53::RecordSet').map(({ properties }) => ({ file: stack.file, ...properties })),
) as unknown as (Resource['properties'] & { readonly file: string })[]
export const named = (name: string) =>
  records.filter(({ Name, Type }) => Name === `${name}.example.com` && Type === 'A')
/** Pairs of the name for writes, in the order in which they are asked. */
export const pairs = recovery.ofType('AWS::Route53::RecordSetGroup').map(({ properties }) => properties['RecordSets'])
