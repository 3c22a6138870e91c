import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '@sluice/core/environment/environment'
import { environmentSchema } from '@sluice/core/environment/environment'
import { names } from '@sluice/core/names'
import { emulatorClock } from '../../../local/aws/src/clock.ts'
import type { Sample } from '../../../local/aws/src/cloudwatch/metric-store.ts'
import { createEcs } from '../../../local/aws/src/ecs/create-ecs.ts'
import { createLoadBalancing } from '../../../local/aws/src/elbv2/create-load-balancing.ts'
import { AwsError, type Call, type Operation } from '../../../local/aws/src/endpoint/service.ts'
import { inProcessRuntime } from './in-process-runtime.ts'
import { account, region } from './local-service.ts'
import { provision } from './provision.ts'
import { readSamples, type MetricQuery } from './samples.ts'
import type { AwsClients } from '../../src/aws/clients.ts'

const speed = 60

const caller: Call = {
  account,
  region,
  principal: { account, arn: `arn:aws:iam::${account}:root`, accessKeyId: 'local' },
  requestId: 'local',
  endpoint: 'http://127.0.0.1',
}

/**
 * The local ECS and load balancers, in process and under real traffic, behind the clients that the adapters are given. Tasks
 * are servers in this process; everything between the adapters and them is what `npm start` runs.
 */
export async function startLocalWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-actions-'))
  const clock = emulatorClock(speed)
  const samples: Sample[] = []
  const metrics = { put: (sample: Sample) => void samples.push(sample) }
  const elb = createLoadBalancing({ clock, metrics, nextPort: () => 0, region, account })
  const ecs = createEcs({
    clock,
    stateFolder: folder,
    region,
    account,
    runtime: inProcessRuntime(),
    images: {
      image: async (reference) => ({ reference, digest: reference.split('@')[1] ?? '', config: {}, layers: [] }),
    },
    balancing: elb.balancing,
    metrics,
    alarms: { state: () => undefined },
    secrets: { value: () => undefined },
    parameters: { value: () => undefined },
    agent: { environment: () => Promise.resolve({}), forget: () => undefined },
    logs: { append: () => {} },
  })
  const parameters = new Map<string, string>()
  const clients = {
    region,
    ecs: client(ecs.service.operations),
    elb: client(elb.service.operations),
    cloudwatch: client({ GetMetricData: (input: MetricQuery) => readSamples(samples, input) }),
    ssm: client(parameterOperations(parameters)),
    // This world is made without stacks.
    cloudformation: client({
      DescribeStacks: ({ StackName }: { StackName: string }) => {
        throw new AwsError('ValidationError', `Stack with id ${StackName} does not exist`)
      },
    }),
    ecr: client({ BatchGetImage: () => ({ images: [{}] }) }),
    logs: client({ GetLogEvents: () => ({ events: [] }) }),
  } as unknown as AwsClients
  const call = async <Output>(of: 'ecs' | 'elb', name: string, input: object): Promise<Output> => {
    const operation = (of === 'ecs' ? ecs : elb).service.operations[name]
    return (await operation?.(input as never, caller)) as Output
  }

  const skeleton = await provision(call)
  parameters.set(names.taskSkeletonParameter('prod', 'web'), JSON.stringify(skeleton))
  const environment: Environment = environmentSchema.parse({ account, regions: [region], imageHost: 'local' })
  return { clients, parameters, environment, skeleton, call, close }

  async function close(): Promise<void> {
    await ecs.close()
    await elb.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What an adapter calls a client: `send` finds the operation by the command's name. */
function client(operations: Readonly<Record<string, Operation>>) {
  return {
    async send(command: object & { input?: unknown }) {
      const name = command.constructor.name.replace(/Command$/, '')
      const operation = operations[name]
      if (!operation) throw new Error(`the local world has no operation ${name}`)
      try {
        return await operation(command.input as never, caller)
      } catch (error) {
        if (error instanceof AwsError)
          throw Object.assign(new Error(error.message, { cause: error }), { name: error.code })
        throw error
      }
    },
  }
}

function parameterOperations(parameters: Map<string, string>): Readonly<Record<string, Operation>> {
  return {
    GetParameter: ({ Name }: { Name: string }) => {
      const Value = parameters.get(Name)
      if (Value == null) throw new AwsError('ParameterNotFound', Name)
      return { Parameter: { Name, Value } }
    },
    PutParameter: ({ Name, Value }: { Name: string; Value: string }) => {
      parameters.set(Name, Value)
      return {}
    },
  }
}
