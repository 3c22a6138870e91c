import type { EmulatorClock } from '../../clock.ts'
import type { Alarms, MetricStore } from '../../cloudwatch/metric-store.ts'
import type { LoadBalancing } from '../../elbv2/load-balancing.ts'
import { isOver, type DeploymentRecord } from '../deployment/deployment-record.ts'
import { because } from '../deployment/turn-back.ts'
import type { ServiceRecord } from '../records.ts'
import type { StateFile } from '../state-file.ts'
import { announce } from './announce.ts'
import { accountForEnds, checkHealth, keepTasks, type KeepPorts } from './keep-tasks.ts'
import { openDeployments, recordEvent } from './record-event.ts'
import { restoreTraffic } from './restore-traffic.ts'
import { lookAt, settledAfter, type ServiceScene } from './service-scene.ts'
import { takeStep } from './take-step.ts'

export interface SchedulerPorts extends KeepPorts {
  readonly clock: EmulatorClock
  readonly state: StateFile
  readonly balancing: LoadBalancing
  readonly alarms: Alarms
  readonly metrics: MetricStore
}

/** Keeps every service at what is asked of it, and walks its deployments. Level-triggered: it may die at any point. */
export interface Scheduler {
  /** Looks soon: something changed. */
  wake(): void
  close(): Promise<void>
}

/** A superseded deployment was seen to be STOPPED about 10 s after the new one was asked for (ecspresso#899). */
const supersedeSeconds = 10
/** Between looks during a deployment: 1 s of emulated time, at least 50 ms and at most 1 s of real time; else 1 s. */
const lookEverySeconds = 1
/** Steps that need no waiting follow each other in one look; more than this many is a loop. */
const stepsInOneLook = 200

export function createScheduler(ports: SchedulerPorts): Scheduler {
  const { clock, state, balancing } = ports
  const closing = new AbortController()
  let awake = new AbortController()

  function look(service: ServiceRecord): void {
    const at = clock.now().getTime()
    if (!restoreTraffic(service, balancing, at)) return
    const scene = () => lookAt(service, state.records, balancing, clock.now().getTime(), settledAfter(clock))
    accountForEnds(service, state.records, at)
    checkHealth(scene(), ports)
    walk(service, scene)
    keepTasks(scene(), ports)
    settle(scene(), at)
  }

  function walk(service: ServiceRecord, scene: () => ServiceScene): void {
    for (let taken = 0; taken < stepsInOneLook; taken++) {
      const [deployment] = openDeployments(service)
      if (!deployment || !walkOnce(service, deployment, scene())) return
    }
    throw new Error(`a deployment of ${service.name} takes step after step without an end`)
  }

  /** Whether there may be more to do at once. */
  function walkOnce(service: ServiceRecord, deployment: DeploymentRecord, scene: ServiceScene): boolean {
    const at = clock.now().getTime()
    switch (deployment.status) {
      case 'STOP_REQUESTED':
        if (at - deployment.updatedAt < clock.scale(supersedeSeconds * 1000)) return false
        recordEvent(service, deployment, { type: 'stopped', at })
        return true
      case 'PENDING': {
        const alarmed = namesInAlarm(deployment)
        recordEvent(service, deployment, { type: 'began', at, desiredCount: service.desiredCount, alarmed })
        return true
      }
      case 'ROLLBACK_REQUESTED':
        recordEvent(service, deployment, { type: 'rollbackRequested', at })
        return true
      case 'IN_PROGRESS':
      case 'ROLLBACK_IN_PROGRESS':
        return walkStep(service, deployment, scene)
      default:
        return false
    }
  }

  function walkStep(service: ServiceRecord, deployment: DeploymentRecord, scene: ServiceScene): boolean {
    const at = clock.now().getTime()
    const alarms = deployment.alarms.status === 'MONITORING' ? namesInAlarm(deployment) : []
    if (alarms.length > 0) {
      recordEvent(service, deployment, { type: 'alarmed', at, alarms })
      return true
    }
    const outcome = takeStep(scene, deployment, ports)
    if (outcome === 'waiting') return false
    if (outcome === 'done') {
      recordEvent(service, deployment, { type: 'stepDone', at })
      return true
    }
    const changed = recordEvent(service, deployment, outcome.event)
    if (outcome.after) {
      state.save()
      try {
        outcome.after()
      } catch (error) {
        // A rule or target group that is gone cannot carry traffic, whatever is tried again.
        const cause = because.networking((error as Error).message)
        recordEvent(service, changed, { type: 'failed', at, because: cause })
        return true
      }
    }
    if (outcome.next === 'done') recordEvent(service, changed, { type: 'stepDone', at })
    return true
  }

  function namesInAlarm({ configuration }: DeploymentRecord): string[] {
    if (!configuration.alarms?.enable) return []
    return (configuration.alarms.alarmNames ?? []).filter((name) => ports.alarms.state(name) === 'ALARM')
  }

  function settle(scene: ServiceScene, at: number): void {
    const { service } = scene
    for (const revision of service.revisions) {
      if (!revision.active || revision.id === service.primary || revision.followsService || revision.desired > 0)
        continue
      const open = openDeployments(service).some(({ target }) => target === revision.id)
      if (!open && scene.remaining(revision).length === 0) revision.active = false
    }
    if (service.status === 'DRAINING' && scene.tasks.length === 0) service.status = 'INACTIVE'
    const latest = service.deployments.at(-1)
    const quiet = latest != null && isOver(latest) && scene.tasks.length === service.desiredCount
    const steady = 'has reached a steady state.'
    if (!quiet || service.status !== 'ACTIVE' || service.events[0]?.message.endsWith(steady)) return
    if (scene.tasks.every((task) => scene.isHealthy(task))) announce(service, steady, at)
  }

  function report(service: ServiceRecord): void {
    const dimensions = { ClusterName: service.cluster, ServiceName: service.name }
    const running = Object.values(state.records.tasks).filter(
      ({ service: arn, lastStatus }) => arn === service.arn && lastStatus === 'RUNNING',
    ).length
    const values = { RunningTaskCount: running, DesiredTaskCount: service.desiredCount }
    for (const [name, value] of Object.entries(values)) {
      ports.metrics.put({
        namespace: 'ECS/ContainerInsights',
        name,
        dimensions,
        time: clock.now(),
        value,
        unit: 'Count',
      })
    }
  }

  async function run(): Promise<void> {
    let reported = 0
    await Promise.resolve()
    while (!closing.signal.aborted) {
      awake = new AbortController()
      const services = Object.values(state.records.services).filter(({ status }) => status !== 'INACTIVE')
      const reports = clock.now().getTime() - reported >= Math.max(1000, clock.scale(60_000))
      for (const service of services) {
        tryLook(service)
        if (reports) report(service)
      }
      if (reports) reported = clock.now().getTime()
      state.save()
      await pause(services.some((service) => openDeployments(service).length > 0))
    }
  }

  /** One service that cannot be looked at must not stop the others; it says so in its events and is tried again. */
  function tryLook(service: ServiceRecord): void {
    try {
      look(service)
    } catch (error) {
      const text = `could not be scheduled: ${(error as Error).message}`
      if (!service.events[0]?.message.endsWith(text)) announce(service, text, clock.now().getTime())
    }
  }

  async function pause(busy: boolean): Promise<void> {
    const wallMilliseconds = busy ? Math.min(1000, Math.max(50, clock.scale(lookEverySeconds * 1000))) : 1000
    const signal = AbortSignal.any([awake.signal, closing.signal])
    await clock.sleep(wallMilliseconds / clock.scale(1), signal).catch(() => undefined)
  }

  const running = run()
  return {
    wake: () => awake.abort(),
    async close() {
      closing.abort()
      await running
      state.save()
    },
  }
}
