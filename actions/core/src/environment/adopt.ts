import * as z from 'zod'
import type { Problem } from '../failure.ts'

/** Ids as AWS makes them: `vpc-0a1b…`. */
const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-z]+$`), `expected an id such as ${prefix}-0123456789abcdef0`)
const arn = (kind: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws:elasticloadbalancing:[a-z0-9-]+:\\d{12}:${kind}/`),
      `expected arn:aws:elasticloadbalancing:…:${kind}/…`,
    )
const ecsName = z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'expected a name of ECS, no ARN')
const subnets = (least: number) => z.array(id('subnet')).min(least)

/** Security groups: those that are left out are made in the adopted network. */
const groups = z.strictObject({
  loadBalancer: id('sg').optional(),
  task: id('sg').optional(),
  database: id('sg').optional(),
  databaseProxy: id('sg').optional(),
  cache: id('sg').optional(),
  endpoints: id('sg').optional(),
})

const network = z.strictObject({
  vpcId: id('vpc'),
  // Elastic Load Balancing, RDS and Serverless caches ask for two zones.
  publicSubnets: subnets(2).describe('Of the load balancer.'),
  taskSubnets: subnets(1).describe('Of the tasks.'),
  taskAddresses: z
    .enum(['public', 'private'])
    .describe('public: tasks have addresses of their own, where no NAT leads out of their subnets.'),
  privateSubnets: subnets(1).optional().describe('With a way out; those of the tasks where they are left out.'),
  databaseSubnets: subnets(2),
  cacheSubnets: subnets(2),
  groups: groups.prefault({}),
})

const loadBalancer = z.strictObject({
  arn: arn('loadbalancer/app'),
  dnsName: z.string(),
  hostedZoneId: z.string().describe("The load balancer's own (CanonicalHostedZoneId), for alias records."),
  productionListener: arn('listener/app'),
  testListener: arn('listener/app').optional().describe('Made on the load balancer where it is left out.'),
  firstPriority: z
    .int()
    .min(1)
    .max(50_000)
    .default(1)
    .describe('The priority of the first rule that is made; those before it are taken.'),
})

const service = z.strictObject({
  name: ecsName.describe('The same in every region.'),
  targetGroup: arn('targetgroup').optional().describe('Where its traffic goes; none for worker.'),
  alternateTargetGroup: arn('targetgroup').optional().describe('Made where it is left out.'),
  productionRule: arn('listener-rule/app').optional().describe('The rule that leads to the target group.'),
  testRule: arn('listener-rule/app').optional().describe('Made where it is left out.'),
})

/** What exists in one region and is used in place of being made. `sluice bootstrap --adopt` prints it. */
const regionSchema = z
  .strictObject({
    network: network.optional(),
    cluster: ecsName.optional().describe('The same in every region.'),
    loadBalancer: loadBalancer.optional(),
    services: z.record(z.string(), service).default({}),
  })
  .superRefine((adopted, context) => {
    const expect = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (adopted.loadBalancer && adopted.network?.groups.loadBalancer == null) {
      expect(
        ['loadBalancer'],
        'expected network.groups.loadBalancer beside it, found nothing: tasks let in that group alone',
      )
    }
    for (const [name, { targetGroup, productionRule }] of Object.entries(adopted.services)) {
      if (adopted.cluster == null) expect(['services', name], 'expected cluster beside it: a service lives in one')
      if ((targetGroup == null) !== (productionRule == null)) {
        expect(['services', name], 'expected targetGroup and productionRule, or neither (worker)')
      }
      if (targetGroup != null && !adopted.loadBalancer) {
        expect(['services', name], 'expected loadBalancer beside it: its rule stands on one of its listeners')
      }
    }
  })
export type RegionAdoption = z.output<typeof regionSchema>

/** By region: ids of what exists already. */
export const adoptSchema = z
  .record(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region such as us-east-1'), regionSchema)
  .describe('What exists already and is used in place of being made, by region.')
export type Adoption = z.output<typeof adoptSchema>

interface AdoptingEnvironment {
  readonly name: string
  readonly environment: { readonly regions: readonly string[]; readonly adopt?: Adoption | undefined }
  readonly services: Readonly<Record<string, { readonly kind: 'web' | 'worker' | 'job' }>>
}

/** What an environment adopts in one region; nothing where it makes everything itself. */
export function adoptionOf(
  { environment }: Pick<AdoptingEnvironment, 'environment'>,
  region: string,
): RegionAdoption | undefined {
  return environment.adopt?.[region]
}

/** What is wrong between an environment's adopted things and the rest of it: other regions, other services, names that differ. */
export function adoptionProblems({ name, environment, services }: AdoptingEnvironment): Problem[] {
  const { adopt, regions } = environment
  if (!adopt) return []
  const location = { file: `environments/${name}/environment.yaml` }
  const problems: Problem[] = []
  const report = (message: string, hint: string) => problems.push({ message: `adopt: ${message}`, hint, location })
  for (const [region, adopted] of Object.entries(adopt)) {
    if (!regions.includes(region))
      report(`expected regions out of ${regions.join(', ')}, found ${region}`, 'name it in regions')
    for (const [service, { targetGroup }] of Object.entries(adopted.services)) {
      const { kind } = services[service] ?? {}
      const at = `${region}.services.${service}`
      if (kind == null) report(`${at} is no service of the environment`, `add ${name}/${service}.yaml`)
      if (kind === 'job') report(`${at}: a job has no ECS service`, 'leave it out')
      if (kind === 'web' && targetGroup == null)
        report(`${at}: expected targetGroup and productionRule`, 'web has traffic to shift')
      if (kind === 'worker' && targetGroup != null) report(`${at}: expected no targetGroup`, 'a worker has no traffic')
    }
  }
  const clusters = new Set(regions.map((region) => adopt[region]?.cluster))
  if (clusters.size > 1) {
    const found = [...clusters].map((cluster) => cluster ?? 'none').join(', ')
    report(`expected a cluster of one name in every region, found ${found}`, 'adopt all of them, or none')
  }
  for (const service of Object.keys(services)) {
    const found = new Set(regions.map((region) => adopt[region]?.services[service]?.name))
    if (found.size > 1) {
      const shown = [...found].map((one) => one ?? 'none').join(', ')
      report(`expected ${service} under one name in every region, found ${shown}`, 'adopt all of them, or none')
    }
  }
  return problems
}
