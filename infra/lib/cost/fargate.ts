import type { Charge, TemplateResource } from './resources.ts'

const hours = 730

/**
 * Tasks of a service: as many as it keeps at least, of the size of the definition that the template brings. Public addresses are
 * the tasks' own where they have no NAT.
 */
export function fargateCharges({ properties, neighbours }: TemplateResource): Charge[] {
  const name = String(properties['ServiceName'])
  const family = properties['TaskDefinition']
  const definition = neighbours.find(
    ({ type, properties: own }) => type === 'AWS::ECS::TaskDefinition' && own['Family'] === family,
  )
  if (!definition) {
    throw new Error(`expected a task definition of the family ${JSON.stringify(family)} beside the service ${name}`)
  }
  const tasks = taskCount(name, properties, neighbours)
  const { Cpu, Memory, RuntimePlatform } = definition.properties as {
    Cpu?: string
    Memory?: string
    RuntimePlatform?: { CpuArchitecture?: string }
  }
  const architecture = RuntimePlatform?.CpuArchitecture === 'ARM64' ? 'arm' : 'x86'
  const isSpot = JSON.stringify(properties['CapacityProviderStrategy'] ?? '').includes('FARGATE_SPOT')
  const share = isSpot ? { share: 'fargate.spot' } : {}
  const kind = `${architecture === 'arm' ? 'ARM' : 'x86'} tasks${isSpot ? ' on Spot' : ''}`
  const common = { category: 'compute', isDoubledByRollout: true, ...share } as const
  const charges: Charge[] = [
    {
      ...common,
      item: `${kind}: processors`,
      price: `fargate.${architecture}.vcpu`,
      quantity: (tasks * Number(Cpu) * hours) / 1024,
    },
    {
      ...common,
      item: `${kind}: memory`,
      price: `fargate.${architecture}.gb`,
      quantity: (tasks * Number(Memory) * hours) / 1024,
    },
  ]
  if (!JSON.stringify(properties['NetworkConfiguration'] ?? '').includes('"ENABLED"')) return charges
  return [
    ...charges,
    {
      item: 'addresses of tasks',
      category: 'addresses',
      price: 'ipv4',
      quantity: tasks * hours,
      isDoubledByRollout: true,
    },
  ]
}

function taskCount(
  name: string,
  properties: Readonly<Record<string, unknown>>,
  neighbours: readonly TemplateResource[],
): number {
  const target = neighbours.find(
    ({ type, properties: own }) =>
      type === 'AWS::ApplicationAutoScaling::ScalableTarget' && JSON.stringify(own['ResourceId']).includes(`/${name}"`),
  )
  return Number(target?.properties['MinCapacity'] ?? properties['DesiredCount'] ?? 1)
}
