import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import * as cloudformation from '@aws-sdk/client-cloudformation'
import * as ecr from '@aws-sdk/client-ecr'
import * as ecs from '@aws-sdk/client-ecs'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import { names } from '@sluice/core/names'
import { goldenStacksSchema, inOrder } from '@sluice/core/stacks/stack'
import { findFreePort } from '../../cli/src/free-port.ts'
import { startAws, type AwsOptions, type LocalAws, type Template } from '../../local/aws/src/index.ts'
import { pushImage } from '../../local/aws/test/ecs/push-image.ts'
import { nodeImage } from '../../local/aws/test/runtime/tiny-image.ts'
import { environmentFiles, writeFolder } from './fakes/environments.ts'
import { runEntry, type EntryRun } from './fakes/run-entry.ts'

const golden = fileURLToPath(new URL('../../infra/golden', import.meta.url))
/** The account of `stage` in the golden templates. */
const account = '444444444444'
const region = 'us-east-1'
const environment = 'stage'
const service = 'registry'
const repository = 'component-registry'
const serviceTemplate = join('infra/golden', environment, `${names.stack(environment, 'service')}.template.json`)

/** A service that is healthy and says which release it is. */
const program = (release: string) => `import { createServer } from 'node:http'
const server = createServer((request, response) => response.writeHead(200).end('${release}'))
server.listen(Number(process.env.PORT))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

export interface InfraWorldOptions extends Pick<AwsOptions, 'serviceUpdates'> {
  /** The checkout that the actions run in, for images of this host; a small one with the committed golden templates without it. */
  readonly prepareCheckout?: (host: string) => Promise<string>
  /** Whose tokens are taken for roles. */
  readonly startOidc?: () => Promise<AwsOptions['oidc']>
  readonly beforeStacks?: (aws: LocalAws) => Promise<void>
}

async function smallCheckout(host: string): Promise<string> {
  const checkout = writeFolder({
    'environments/project.yaml': (environmentFiles['environments/project.yaml'] ?? '').replace(
      '{ account: "000000000000", region: us-east-1 }',
      `{ account: "${account}", region: ${region}, host: "${host}" }`,
    ),
    'environments/policy/findings.yaml': environmentFiles['environments/policy/findings.yaml'] ?? '',
    'environments/stage/environment.yaml': `account: "${account}"\nregions: [${region}]\nimageHost: "${host}"\n`,
  })
  cpSync(golden, join(checkout, 'infra/golden'), { recursive: true })
  return checkout
}

/**
 * `stage` on this machine, made from the committed golden templates by the local CloudFormation and running its first image, with
 * a checkout beside it that the actions are run in as processes.
 */
export async function startInfraWorld(options: InfraWorldOptions = {}) {
  const { serviceUpdates, prepareCheckout = smallCheckout, startOidc, beforeStacks } = options
  const stateFolder = mkdtempSync(join(tmpdir(), 'sluice-infra-'))
  const port = await findFreePort()
  const host = `127.0.0.1:${port}`
  const checkout = await prepareCheckout(host)
  const oidc = await startOidc?.()
  const aws = await startAws({
    port,
    stateFolder,
    speed: 60,
    runtime: 'process',
    account,
    region,
    ...(serviceUpdates ? { serviceUpdates } : {}),
    ...(oidc ? { oidc } : {}),
  })
  const access = aws.environment()
  const configuration = {
    endpoint: aws.url,
    region,
    credentials: {
      accessKeyId: access['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: access['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  }
  const clients = {
    ecs: new ecs.ECSClient(configuration),
    elb: new elb.ElasticLoadBalancingV2Client(configuration),
    ecr: new ecr.ECRClient(configuration),
    cloudformation: new cloudformation.CloudFormationClient(configuration),
  }
  await clients.ecr.send(new ecr.CreateRepositoryCommand({ repositoryName: repository }))
  const cluster = names.cluster(environment)
  const ecsService = names.service(environment, service)

  const view = async () => {
    const { services } = await clients.ecs.send(new ecs.DescribeServicesCommand({ cluster, services: [ecsService] }))
    const [found] = services ?? []
    if (!found) throw new Error(`no service ${ecsService}`)
    return found
  }
  const untilSteady = async () => {
    for (const until = Date.now() + 180_000; Date.now() < until; await sleep(200)) {
      const { deployments, runningCount, desiredCount } = await view()
      if (deployments?.length === 1 && deployments[0]?.rolloutState === 'COMPLETED' && runningCount === desiredCount)
        return
    }
    throw new Error(`${ecsService} did not get steady: ${JSON.stringify((await view()).events?.slice(0, 10))}`)
  }

  /** Pushes an image of a release, and names it in `stage/registry.yaml` as a promotion does. Gives its digest. */
  async function release(name: string): Promise<string> {
    const image = await nodeImage(stateFolder, { Cmd: ['main.mjs'] }, [{ name: 'app/main.mjs', text: program(name) }])
    const digest = await pushImage(aws.url, repository, image)
    writeRelease(digest, name)
    return digest
  }
  function writeRelease(digest: string, name: string): void {
    writeFileSync(
      join(checkout, 'environments/stage/registry.yaml'),
      `kind: web
release: { image: "${repository}@${digest}", commit: "${'c'.repeat(40)}", version: "1.0.0-${name}" }
task: { cpu: 256, memory: 512, secrets: { DATABASE_URLS: registry/database } }
rollout: { strategy: BLUE_GREEN, bakeTime: 1m, pauses: { timeout: 240m } }
analysis: { interval: 1s, timeout: 3m, ceiling: { errors: 3% }, metrics: [errors, target-health] }
`,
    )
  }

  aws.putSecret(names.secret(environment, 'registry/database'), 'postgres://nobody@127.0.0.1/none')
  const first = await release('first')
  await beforeStacks?.(aws)
  const stacks = goldenStacksSchema
    .parse(JSON.parse(readFileSync(join(checkout, 'infra/golden/stacks.json'), 'utf8')))
    .filter((stack) => stack.environment === environment)
  for (const { name, file } of inOrder(stacks)) {
    const template = JSON.parse(readFileSync(join(checkout, 'infra/golden', file), 'utf8')) as Template
    const parameters = template.Parameters?.['FirstImage'] ? { FirstImage: `${host}/${repository}@${first}` } : {}
    await aws.deployStack({ name, template, parameters })
  }
  await untilSteady()

  return {
    aws,
    checkout,
    clients,
    environment,
    service,
    cluster,
    ecsService,
    release,
    writeRelease,
    view,
    untilSteady,
    /** How the stack of the services is called once CloudFormation has done with it. */
    async untilStackRests(): Promise<string> {
      const StackName = names.stack(environment, 'service')
      for (const until = Date.now() + 180_000; Date.now() < until; await sleep(200)) {
        const { Stacks } = await clients.cloudformation.send(new cloudformation.DescribeStacksCommand({ StackName }))
        const status = Stacks?.[0]?.StackStatus ?? 'gone'
        if (!status.endsWith('_IN_PROGRESS')) return status
      }
      throw new Error(`${StackName} did not come to rest`)
    },
    run: (
      name: string,
      inputs: Readonly<Record<string, string | undefined>>,
      env: Readonly<Record<string, string>> = {},
    ): Promise<EntryRun> => runEntry(name, inputs, { ...access, GITHUB_WORKSPACE: checkout, ...env }),
    /** Changes the golden template of the service stack, as a merged pull request does. */
    changeTemplate(change: (resources: Record<string, { Properties: Record<string, unknown> }>) => void): void {
      const file = join(checkout, serviceTemplate)
      const template = JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof change>[0] & {
        Resources: Parameters<typeof change>[0]
      }
      change(template.Resources)
      writeFileSync(file, JSON.stringify(template))
    },
    async close(): Promise<void> {
      await aws.close()
      rmSync(stateFolder, { recursive: true, force: true })
      rmSync(checkout, { recursive: true, force: true })
    },
  }
}
