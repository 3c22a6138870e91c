import type { Clock } from '../clock.ts'
import { ConfigurationError, type Problem } from '../failure.ts'
import { checkParameters } from './first-parameters.ts'
import {
  inOrder,
  type ChangeSet,
  type GoldenStack,
  type Stacks,
  type StackState,
  type TemplateBucket,
} from './stack.ts'
import { carriageOf, sizeOf, templateKey, templateLimitBytes } from './template-text.ts'

/** What a deployment of stacks works with. */
export interface DeployPorts {
  readonly stacks: Stacks
  readonly templateBucket: TemplateBucket
  readonly clock: Clock
  readonly report: (line: string) => void
  /** Whether a service is being rolled out now. Asked while a stack changes: what is in flight then, the stack has caused. */
  readonly isRollingOut: () => Promise<boolean>
  /**
   * What stands against a change of the environment: asked for before anything is prepared, with the stacks that are there and at
   * rest, and again (`again`) right before a change that reaches the services, because the preparation takes its time.
   */
  readonly findObstacles: (atRest: readonly GoldenStack[], when: 'first' | 'again') => Promise<readonly Problem[]>
}

export interface DeployRequest {
  readonly stacks: readonly GoldenStack[]
  /** Template text by file. */
  readonly templates: ReadonlyMap<string, string>
  /** The same name for the same commit, so that a repeated run finds what the first one prepared. */
  readonly changeSet: string
  /** Values of parameters that a stack does not have yet; what it has stays. */
  readonly parametersOf: (stack: GoldenStack) => Readonly<Record<string, string>>
  /** Prepare and judge, execute nothing. */
  readonly prepareOnly: boolean
}

/** What became of one stack. */
export interface StackResult {
  readonly stack: GoldenStack
  /**
   * `rolling-out`: it was executed and waits for the rollout that it caused, which others follow; `waiting`: it comes after one of
   * those, in another run.
   */
  readonly outcome: 'unchanged' | 'prepared' | 'deployed' | 'rolling-out' | 'waiting'
  readonly changes: ChangeSet['changes']
}

const pollMilliseconds = 5000
/** CloudFormation's own limit for one operation (research: infrastructure 1). */
const limitMilliseconds = 36 * 3_600_000

/** ECS owns what these say while a service runs; see the guard of `sluice plan`. */
const frozen = ['AWS::ElasticLoadBalancingV2::ListenerRule', 'AWS::ECS::TaskDefinition']

/**
 * Prepares a change set of every stack that exists, judges all of them, and only then executes, each after what it needs; new
 * stacks are made when their turn comes, because they import what others export. A stack that causes a rollout is not waited for: its
 * pauses want answers, which the jobs that follow it give. Safe to repeat. Throws a `ConfigurationError` with
 * everything that stands against it before anything was executed, and an `Error` when a stack could not be brought to its template.
 */
export async function deployStacks(ports: DeployPorts, request: DeployRequest): Promise<StackResult[]> {
  const ordered = inOrder(request.stacks)
  const states = new Map<string, StackState | undefined>()
  for (const stack of ordered) states.set(stack.id, await ports.stacks.read(stack))
  const atRest = ordered.filter(({ id }) => isThere(states.get(id)) && isAtRest(states.get(id)))
  refuse([
    ...checkTemplates(request),
    ...ordered.flatMap((stack) => checkState(stack, states.get(stack.id))),
    ...ordered.flatMap((stack) => missingValues(request, stack, states.get(stack.id))),
    ...(await ports.findObstacles(atRest, 'first')),
  ])
  // All of them before anything is prepared: a bucket that refuses leaves nothing half-done.
  const urls = await keepTemplates(ports, ordered, request)
  const prepareStack = (stack: GoldenStack) =>
    prepare(ports, request, stack, { before: states.get(stack.id), templateUrl: urls.get(stack.id) })
  const prepared = new Map<string, ChangeSet>()
  for (const stack of ordered) if (isThere(states.get(stack.id))) prepared.set(stack.id, await prepareStack(stack))
  const results: StackResult[] = []
  const discardRest = async () => {
    const done = new Set(results.filter(({ outcome }) => outcome !== 'waiting').map(({ stack }) => stack.id))
    for (const stack of ordered) {
      if (prepared.get(stack.id)?.status === 'ready' && !done.has(stack.id)) {
        await ports.stacks.discard(stack, request.changeSet)
      }
    }
  }
  const takeBack = async (problems: readonly Problem[]) => {
    if (problems.length === 0) return
    await discardRest()
    refuse(problems)
  }
  await takeBack(ordered.flatMap((stack) => checkChanges(stack, prepared.get(stack.id))))
  for (const stack of ordered) {
    const known = prepared.get(stack.id)
    if (known?.status === 'empty') {
      results.push({ stack, outcome: 'unchanged', changes: [] })
    } else if (request.prepareOnly) {
      results.push({ stack, outcome: 'prepared', changes: known?.changes ?? [] })
    } else if (results.some(({ outcome }) => outcome === 'rolling-out')) {
      results.push({ stack, outcome: 'waiting', changes: known?.changes ?? [] })
    } else {
      const ready = known ?? (await prepareStack(stack))
      const touchesServices = ready.changes.some(({ type }) => reachesServices.test(type))
      if (touchesServices) await takeBack(await ports.findObstacles([], 'again'))
      const mayRollOut = touchesServices && known != null
      const outcome = await execute(ports, stack, request.changeSet, mayRollOut)
      results.push({ stack, outcome, changes: ready.changes })
    }
  }
  // Computed against stacks that are about to change; the next run prepares them anew.
  if (results.some(({ outcome }) => outcome === 'waiting')) await discardRest()
  return results
}

/** Types whose change a rollout in flight would meet. */
const reachesServices = /^AWS::(ECS|ElasticLoadBalancingV2)::/

const isAtRest = (state: StackState | undefined) =>
  /^(CREATE|UPDATE|IMPORT)(_ROLLBACK)?_COMPLETE$/.test(state?.status ?? '')

/** A stack that was only prepared for has no resources yet: CloudFormation calls it `REVIEW_IN_PROGRESS`. */
const isThere = (state: StackState | undefined) => state != null && state.status !== 'REVIEW_IN_PROGRESS'

function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ConfigurationError(problems)
}

function checkTemplates({ stacks, templates }: DeployRequest): Problem[] {
  return stacks.flatMap(({ file }) => {
    const text = templates.get(file)
    const location = { file: `infra/golden/${file}` }
    if (text == null) return [{ message: 'expected a golden template, found none', location, hint: 'npm run generate' }]
    const size = sizeOf(text)
    if (size <= templateLimitBytes) return []
    const message = `expected a template of at most ${templateLimitBytes} bytes, which is what CloudFormation takes out of a bucket, found ${size}`
    return [{ message, location, hint: 'split the stack' }]
  })
}

/** Keeps what no call can hold where CloudFormation reads it. Gives the URLs by the stacks' ids. */
async function keepTemplates(
  { templateBucket, report }: DeployPorts,
  stacks: readonly GoldenStack[],
  { templates }: DeployRequest,
): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>()
  for (const stack of stacks) {
    const text = templates.get(stack.file) ?? ''
    if (carriageOf(text) === 'call') continue
    report(`${stack.name} in ${stack.region}: keeping its template of ${sizeOf(text)} bytes for CloudFormation to read`)
    urls.set(stack.id, await templateBucket.keep(stack, { key: templateKey(text), text }))
  }
  return urls
}

function missingValues(
  { templates, parametersOf }: DeployRequest,
  stack: GoldenStack,
  state: StackState | undefined,
): Problem[] {
  const template = templates.get(stack.file)
  return template == null
    ? []
    : checkParameters(stack, template, isThere(state) ? state : undefined, parametersOf(stack))
}

function checkState({ name, region }: GoldenStack, state: StackState | undefined): Problem[] {
  if (!state || !isThere(state) || isAtRest(state)) return []
  return [
    {
      message: `expected the stack ${name} in ${region} at rest, found ${state.status}: ${state.reason}`,
      hint: state.status.endsWith('_IN_PROGRESS') ? 'wait for it' : 'bring it back to rest by hand first',
    },
  ]
}

function checkChanges({ name, region }: GoldenStack, changeSet: ChangeSet | undefined): Problem[] {
  return (changeSet?.changes ?? [])
    .filter(({ type, action }) => frozen.includes(type) && action !== 'Add')
    .map(({ logicalId, type, action }) => ({
      message: `the change set of ${name} in ${region} would ${action.toLowerCase()} ${logicalId} (${type}), which the release owns`,
      hint: 'a stack update would move traffic or revisions past every gate: take the change back',
    }))
}

async function prepare(
  { stacks, clock, report }: DeployPorts,
  { templates, changeSet, parametersOf }: DeployRequest,
  stack: GoldenStack,
  { before, templateUrl }: { readonly before: StackState | undefined; readonly templateUrl: string | undefined },
): Promise<ChangeSet> {
  report(`${stack.name} in ${stack.region}: preparing ${changeSet}`)
  await stacks.prepare({
    stack,
    changeSet,
    template: templates.get(stack.file) ?? '',
    templateUrl,
    parameters: parametersOf(stack),
    before,
  })
  const began = clock.now().getTime()
  for (;;) {
    const view = await stacks.describe(stack, changeSet)
    if (view.status === 'failed') throw new Error(`${stack.name} in ${stack.region}: ${view.reason}`)
    if (view.status !== 'pending') {
      if (view.status === 'empty') await stacks.discard(stack, changeSet)
      return view
    }
    if (clock.now().getTime() - began > 600_000) {
      throw new Error(`${stack.name} in ${stack.region}: expected a change set within 10 minutes, found none`)
    }
    await clock.sleep(pollMilliseconds)
  }
}

async function execute(
  { stacks, clock, report, isRollingOut }: DeployPorts,
  stack: GoldenStack,
  changeSet: string,
  mayRollOut: boolean,
): Promise<'deployed' | 'rolling-out'> {
  await stacks.execute(stack, changeSet)
  const began = clock.now().getTime()
  let said = ''
  while (clock.now().getTime() - began < limitMilliseconds) {
    await clock.sleep(pollMilliseconds)
    const state = await stacks.read(stack)
    const status = state?.status ?? 'gone'
    if (status !== said) report(`${stack.name} in ${stack.region}: ${status}`)
    said = status
    if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') return 'deployed'
    if (!status.endsWith('_IN_PROGRESS')) {
      throw new Error(`${stack.name} in ${stack.region} ended ${status}: ${state?.reason ?? 'no reason given'}`)
    }
    if (mayRollOut && status === 'UPDATE_IN_PROGRESS' && (await isRollingOut())) {
      report(`${stack.name} in ${stack.region}: has caused a rollout, which is followed from here`)
      return 'rolling-out'
    }
  }
  throw new Error(`${stack.name} in ${stack.region} is not at rest after CloudFormation's own limit of 36 hours`)
}
