import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import type { LocalAws } from '@sluice/local/aws'
import { names } from '@sluice/core/names'
import { compiledCode } from '../cache-folder.ts'
import { describeService, imageOf } from './aws-calls.ts'
import { runProgram } from './child-process.ts'
import { deployStacks, putSecrets, type StackPlan } from './cloud.ts'
import type { Database } from './database.ts'
import { shared } from '@sluice/core/stacks/shared'
import { environmentStacks, sharedStacks, stackName, templateFile } from '@sluice/infra/stack-names'

/** How long the first tasks of an environment may take to get healthy, in milliseconds of wall time. */
const firstStartLimit = 180_000

function planOf(environment: string, parts: readonly string[]): StackPlan {
  return {
    environment,
    stacks: parts.map((part) => ({ name: stackName(environment, part), file: templateFile(environment, part) })),
  }
}

/** What comes before every environment: the account's identity provider and boundary, the build role, the registry. */
export async function provisionShared(aws: LocalAws, templates: string): Promise<void> {
  const account = { name: stackName(shared, 'account'), file: templateFile(shared, 'account', aws.account) }
  const { stacks } = planOf(shared, sharedStacks)
  await deployStacks(aws, { environment: shared, stacks: [account, ...stacks] }, templates, {})
}

export interface EnvironmentSite {
  readonly aws: LocalAws
  readonly checkout: string
  readonly templates: string
  readonly database: Database
}

/** Everything of an environment that its services stand on: network, data, artifacts; and databases that are up to date. */
export async function prepareEnvironment(
  { aws, checkout, templates, database }: EnvironmentSite,
  environment: string,
): Promise<void> {
  const url = database.url(`registry_${environment}`)
  // Before the data stack, which leaves a secret that is there as it is. There is no cache on this machine: its URL is empty.
  putSecrets(aws, environment, { 'registry/database': url, 'registry/cache': '' })
  const foundations = environmentStacks.filter((part) => part !== 'service')
  await deployStacks(aws, planOf(environment, foundations), templates, {})
  // The first revision finds a database and a table of slots that are up to date; later ones bring their migrations along.
  await runProgram(process.execPath, [join(checkout, 'app/migrate.ts')], {
    cwd: checkout,
    env: {
      PATH: process.env['PATH'],
      ...compiledCode(),
      DATABASE_URLS: url,
      SLOT_TABLE: names.slotTable(environment),
      ...aws.environment(),
    },
  })
}

/** The services of an environment that is prepared, running the first image. Resolves when it is steady. Gives production's URL. */
export async function provisionServices(
  {
    aws,
    templates,
    firstImage,
    service,
  }: Pick<EnvironmentSite, 'aws' | 'templates'> & {
    readonly firstImage: string
    readonly service: string
  },
  environment: string,
): Promise<string> {
  await deployStacks(aws, planOf(environment, ['service']), templates, { FirstImage: firstImage })
  await waitUntilSteady(aws.url, environment, service)
  return productionUrl(aws.url, environment)
}

async function waitUntilSteady(url: string, environment: string, service: string): Promise<void> {
  const until = Date.now() + firstStartLimit
  for (;;) {
    const view = await describeService(url, names.cluster(environment), names.service(environment, service))
    const isDone = view.deployments.length === 1 && view.deployments[0]?.rolloutState === 'COMPLETED'
    if (isDone && view.runningCount >= view.desiredCount && view.runningCount > 0) return
    const failed = view.deployments.find(({ rolloutState }) => rolloutState === 'FAILED')
    if (failed || Date.now() > until) {
      const events = view.events.slice(0, 5).map(({ message }) => `  ${message}`)
      throw new Error(
        `${environment} did not get steady (${view.runningCount} of ${view.desiredCount} tasks run):\n${events.join('\n')}`,
      )
    }
    await sleep(200)
  }
}

/** Where people reach an environment: its load balancer's production listener. */
export async function productionUrl(endpoint: string, environment: string): Promise<string> {
  const query = async (action: string, parameters: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Action: action, Version: '2015-12-01', ...parameters })
    const authorization =
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/elasticloadbalancing/aws4_request, SignedHeaders=host, Signature=0'
    return (await fetch(endpoint, { method: 'POST', body, headers: { authorization } })).text()
  }
  const one = (xml: string, tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1] ?? ''
  const balancers = await query('DescribeLoadBalancers', { 'Names.member.1': names.loadBalancer(environment) })
  const listeners = await query('DescribeListeners', { LoadBalancerArn: one(balancers, 'LoadBalancerArn') })
  // The production listener is the first of the template.
  return `http://${one(balancers, 'DNSName')}:${one(listeners, 'Port')}`
}

/** The digest that an environment runs now. */
export async function runningDigest(url: string, environment: string, service: string): Promise<string> {
  const view = await describeService(url, names.cluster(environment), names.service(environment, service))
  return (await imageOf(url, view.taskDefinition, names.container(service))).split('@')[1] ?? ''
}
