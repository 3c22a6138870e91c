import type { Clock } from '../../src/clock.ts'
import type { Service } from '../../src/environment/service.ts'
import { serviceSchema } from '../../src/environment/service.ts'
import type {
  EcsService,
  EcsServices,
  OneOffTask,
  OneOffTasks,
  RegisteredDefinition,
  ServiceUpdate,
  TaskDefinitionRegistry,
} from '../../src/rollout/ecs-service.ts'
import type { RolloutHandle } from '../../src/rollout/handle.ts'
import type { Hold, Holds } from '../../src/rollout/hold.ts'
import type { DeploymentEntry, ServiceDeployment, ServiceDeployments } from '../../src/rollout/service-deployment.ts'
import type { TaskSkeleton } from '../../src/task-skeleton.ts'

export const digest = `sha256:${'a'.repeat(64)}`
export const start = new Date('2026-11-21T10:00:00.000Z')

/** A clock that moves when it is slept on; `onSleep` is what happens in the world meanwhile. */
export class FakeClock implements Clock {
  onSleep: (now: Date) => void = () => {}
  #now = start.getTime()
  now(): Date {
    return new Date(this.#now)
  }
  async sleep(milliseconds: number): Promise<void> {
    this.#now += milliseconds
    this.onSleep(this.now())
  }
  get seconds(): number {
    return (this.#now - start.getTime()) / 1000
  }
}

export const loadBalancing = {
  targetGroupArn: 'arn:blue',
  alternateTargetGroupArn: 'arn:green',
  productionListenerRule: 'arn:production-rule',
  testListenerRule: 'arn:test-rule',
  roleArn: 'arn:role',
}

export const skeleton: TaskSkeleton = {
  version: 1,
  family: 'prod-registry',
  executionRoleArn: 'arn:aws:iam::222222222222:role/execution',
  taskRoleArn: 'arn:aws:iam::222222222222:role/task',
  containerName: 'registry',
  containerPort: 8080,
  logGroup: '/sluice/prod/registry',
  region: 'us-east-1',
  readonlyRootFilesystem: true,
  stopTimeoutSeconds: 30,
  sideCars: [],
  network: { subnets: ['subnet-1'], securityGroups: ['sg-1'] },
  loadBalancing,
}

export const aService = (changes: Record<string, unknown> = {}): Service =>
  serviceSchema.parse({
    kind: 'web',
    release: { image: `component-registry@${digest}`, commit: 'c'.repeat(40), version: '1.4.0' },
    task: { cpu: 512, memory: 1024, env: { LOG_LEVEL: 'info' }, secrets: { DATABASE_URLS: 'registry/database' } },
    migrate: { command: ['node', 'migrate.ts'] },
    rollout: { strategy: 'LINEAR', stepPercent: 25 },
    ...changes,
  })

export const aHandle = (changes: Partial<RolloutHandle> = {}): RolloutHandle => ({
  environment: 'prod',
  service: 'registry',
  region: 'us-east-1',
  cluster: 'sluice-prod',
  ecsService: 'prod-registry',
  serviceDeploymentArn: 'arn:deployment/1',
  revisionId: '1',
  taskDefinitionArn: 'arn:prod-registry:2',
  strategy: 'LINEAR',
  image: `component-registry@${digest}`,
  startedAt: start.toISOString(),
  ...changes,
})

export const aDeployment = (changes: Partial<ServiceDeployment> = {}): ServiceDeployment => ({
  arn: 'arn:deployment/1',
  status: 'IN_PROGRESS',
  createdAt: start,
  target: { arn: 'arn:service-revision/1', requestedTasks: 2, runningTasks: 2, pendingTasks: 0, productionWeight: 0 },
  sources: [
    { arn: 'arn:service-revision/0', requestedTasks: 2, runningTasks: 2, pendingTasks: 0, productionWeight: 100 },
  ],
  hooks: [],
  ...changes,
})

/** A pause that waits for an answer. */
export const aPause = (hookId: string, productionWeight: number): Partial<ServiceDeployment> => ({
  lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  hooks: [{ hookId, targetType: 'PAUSE', status: 'AWAITING_ACTION' }],
  target: { arn: 'arn:service-revision/1', requestedTasks: 2, runningTasks: 2, pendingTasks: 0, productionWeight },
})

/** Service deployments that the test changes as time goes by. */
export class FakeDeployments implements ServiceDeployments {
  readonly deployments = new Map<string, ServiceDeployment>()
  readonly answers: string[] = []
  readonly stopped: string[] = []
  onAnswer: (hookId: string, action: 'CONTINUE' | 'ROLLBACK') => void = () => {}
  onStop: (arn: string) => void = () => {}

  put(deployment: ServiceDeployment): void {
    this.deployments.set(deployment.arn, deployment)
  }
  change(arn: string, changes: Partial<ServiceDeployment>): void {
    const deployment = this.deployments.get(arn)
    if (deployment) this.put({ ...deployment, ...changes })
  }
  async read(arn: string): Promise<ServiceDeployment> {
    const deployment = this.deployments.get(arn)
    if (!deployment) throw new Error(`no deployment ${arn}`)
    return deployment
  }
  async list(_cluster: string, _service: string, createdAfter: Date): Promise<readonly DeploymentEntry[]> {
    return [...this.deployments.values()]
      .filter(({ createdAt }) => createdAt >= createdAfter)
      .map(({ arn, status, target, createdAt }) => ({ arn, status, revisionArn: target.arn, createdAt }))
      .reverse()
  }
  async answer(_arn: string, hookId: string, action: 'CONTINUE' | 'ROLLBACK'): Promise<boolean> {
    this.answers.push(`${hookId} ${action}`)
    this.onAnswer(hookId, action)
    return true
  }
  async stop(arn: string): Promise<void> {
    this.stopped.push(arn)
    this.onStop(arn)
  }
}

export class FakeServices implements EcsServices {
  service: EcsService | undefined = {
    arn: 'arn:service',
    status: 'ACTIVE',
    desiredCount: 2,
    runningCount: 2,
    primary: { id: 'ecs-svc/0', taskDefinitionArn: 'arn:prod-registry:1' },
    loadBalancers: [],
  }
  readonly updates: ServiceUpdate[] = []
  onUpdate: (change: ServiceUpdate) => void = () => {}

  async read(): Promise<EcsService | undefined> {
    return this.service
  }
  async update(_cluster: string, _service: string, change: ServiceUpdate): Promise<EcsService> {
    if (!this.service) throw new Error('no service')
    this.updates.push(change)
    const id = `ecs-svc/${this.updates.length}`
    this.service = { ...this.service, primary: { id, taskDefinitionArn: change.taskDefinitionArn } }
    this.onUpdate(change)
    return this.service
  }
}

export class FakeDefinitions implements TaskDefinitionRegistry {
  readonly registered: RegisteredDefinition[] = [{ arn: 'arn:prod-registry:1', tags: {} }]
  readonly deregistered: string[] = []

  async newest(family: string): Promise<RegisteredDefinition | undefined> {
    return this.registered.findLast(({ arn }) => arn.startsWith(`arn:${family}:`))
  }
  async read(arn: string): Promise<RegisteredDefinition> {
    const found = this.registered.find((definition) => definition.arn === arn)
    if (!found) throw new Error(`no definition ${arn}`)
    return found
  }
  async register({ family, tags }: Parameters<TaskDefinitionRegistry['register']>[0]): Promise<string> {
    const arn = `arn:${family}:${this.registered.length + 1}`
    this.registered.push({ arn, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) })
    return arn
  }
  async deregister(arn: string): Promise<void> {
    this.deregistered.push(arn)
  }
}

export class FakeTasks implements OneOffTasks {
  exitCode = 0
  readonly tokens: string[] = []
  async run(_cluster: string, _definition: string, _network: unknown, token: string): Promise<OneOffTask> {
    this.tokens.push(token)
    return { arn: 'arn:task/1', lastStatus: 'PENDING', containers: [{ name: 'registry' }] }
  }
  async read(): Promise<OneOffTask> {
    return {
      arn: 'arn:task/1',
      lastStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'registry', exitCode: this.exitCode }],
    }
  }
}

export class FakeHolds implements Holds {
  hold: Hold | undefined
  async read(): Promise<Hold | undefined> {
    return this.hold
  }
  async write(_environment: string, _service: string, hold: Hold): Promise<void> {
    this.hold = hold
  }
}
