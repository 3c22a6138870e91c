import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ecr from '@aws-sdk/client-ecr'
import * as ecs from '@aws-sdk/client-ecs'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import * as ssm from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { names } from '@sluice/core/names'
import type { RolloutHandle } from '@sluice/core/rollout/handle'
import { startAws, type LocalAws } from '../../local/aws/src/index.ts'
import { whyNoNamespaces } from '../../local/aws/src/runtime/process/probe.ts'
import { judge } from '../../cli/src/judge.ts'
import { environmentFiles, writeFolder } from './fakes/environments.ts'
import { runEntry } from './fakes/run-entry.ts'
import { provision, type Provision } from './local-world/provision.ts'
import { traffic } from './local-world/traffic.ts'

const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

/** A service that answers its version; a release whose source says so fails every fourth request. */
const source = (isFaulty: boolean) => `import { createServer } from 'node:http'
let answered = 0
const server = createServer((request, response) => {
  const isBroken = ${isFaulty} && request.url !== '/health' && ++answered % 4 === 0
  response.writeHead(isBroken ? 500 : 200).end(process.env.SLUICE_RELEASE_VERSION ?? 'first')
})
server.listen(Number(process.env.PORT))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

describe.skipIf(unavailable != null && !isRequired)(`the actions as processes ${unavailable ?? ''}`, () => {
  let aws: LocalAws
  let folder: string
  let stateFolder: string
  let env: Record<string, string>
  let stop: (() => Promise<Record<string, number>>) | undefined

  const run = (name: string, inputs: Readonly<Record<string, string | undefined>>) => runEntry(name, inputs, env)
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: folder })

  /**
   * Commits the program, builds its image, and names it in `prod/web.yaml`, as a promotion does. Slow is what no healthy task is,
   * however busy the machine that runs this: how slow requests are judged has tests of its own.
   */
  async function release(isFaulty: boolean): Promise<string> {
    writeFileSync(join(folder, 'app/src/main.ts'), source(isFaulty))
    git('add', '--all')
    git('commit', '--quiet', '--allow-empty', '-m', isFaulty ? 'fix: break it' : 'feat: serve')
    const built = await run('build-image', { service: 'web', push: 'true' })
    expect(built.log).not.toContain('::error')
    const { image, commit, version } = JSON.parse(built.outputs['release'] ?? '{}') as Record<string, string>
    writeFileSync(
      join(folder, 'environments/prod/web.yaml'),
      `kind: web
release: { image: "${image}", commit: "${commit}", version: "${version}" }
task: { cpu: 256, memory: 512 }
rollout: { strategy: LINEAR, stepPercent: 50, bakeTime: 1m, pauses: { timeout: 240m } }
tests: [{ name: answers, run: "${process.execPath} -e \\"fetch(process.env.BASE_URL).then((r) => process.exit(r.ok ? 0 : 1))\\"" }]
slo: { latency: { under: 5000ms } }
analysis: { interval: 1s, timeout: 3m, ceiling: { errors: 3% }, metrics: [errors, slow, target-health] }
`,
    )
    return image ?? ''
  }

  beforeAll(async () => {
    stateFolder = mkdtempSync(join(tmpdir(), 'sluice-aws-'))
    aws = await startAws({ port: 0, stateFolder, speed: 60, runtime: 'process' })
    const { host } = new URL(aws.url)
    const project = environmentFiles['environments/project.yaml'] ?? ''
    folder = writeFolder({
      'environments/project.yaml': project
        .replace('region: us-east-1 }', `region: us-east-1, host: "${host}" }`)
        .replace(/ {2}registry: .*/, '  web: { path: app, image: web, owners: ["@acme/web"] }'),
      'environments/policy/findings.yaml': environmentFiles['environments/policy/findings.yaml'] ?? '',
      'environments/prod/environment.yaml': `account: "000000000000"\nregions: [us-east-1]\nimageHost: "${host}"\n`,
      'package.json': '{"name":"root","private":true,"workspaces":["app"]}',
      'package-lock.json': JSON.stringify({
        name: 'root',
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'root', workspaces: ['app'] },
          app: { name: '@acme/app', version: '1.4.0' },
          'node_modules/@acme/app': { resolved: 'app', link: true },
        },
      }),
      'app/package.json': '{"name":"@acme/app","version":"1.4.0","type":"module"}',
      'app/Dockerfile': 'ARG BASE\nFROM ${BASE}\nCOPY app/src ./src\nCMD ["node", "src/main.ts"]\n',
      'app/src/main.ts': source(false),
    })
    git('init', '--quiet')
    env = { ...aws.environment(), GITHUB_WORKSPACE: folder, RUNNER_TOOL_CACHE: join(stateFolder, 'cache') }

    const access = aws.environment()
    const configuration = {
      endpoint: aws.url,
      region: 'us-east-1',
      credentials: {
        accessKeyId: access['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: access['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    }
    const clients = {
      ecs: new ecs.ECSClient(configuration),
      elb: new elb.ElasticLoadBalancingV2Client(configuration),
    }
    const call: Provision = async <Output>(of: 'ecs' | 'elb', name: string, input: object) => {
      const commands = { ecs, elb }[of] as unknown as Record<string, new (input: object) => never>
      const Command = commands[`${name}Command`]
      if (!Command) throw new Error(`no ${name}`)
      const client = clients[of] as { send(command: unknown): Promise<unknown> }
      return (await client.send(new Command(input))) as Output
    }
    await new ecr.ECRClient(configuration).send(new ecr.CreateRepositoryCommand({ repositoryName: 'web' }))
    const first = await release(false)
    const skeleton = await provision(call, `${host}/${first}`)
    await new ssm.SSMClient(configuration).send(
      new ssm.PutParameterCommand({
        Name: names.taskSkeletonParameter('prod', 'web'),
        Value: JSON.stringify({ ...skeleton, user: '65532' }),
        Type: 'String',
      }),
    )
    const { Listeners } = await clients.elb.send(
      new elb.DescribeListenersCommand({
        ListenerArns: [
          (skeleton.loadBalancing?.productionListenerRule ?? '')
            .replace(':listener-rule/', ':listener/')
            .replace(/\/[^/]+$/, ''),
        ],
      }),
    )
    stop = await traffic(`http://127.0.0.1:${Listeners?.[0]?.Port}`, 40)
  }, 600_000)

  afterAll(async () => {
    await stop?.()
    await aws.close()
    rmSync(stateFolder, { recursive: true, force: true })
    rmSync(folder, { recursive: true, force: true })
  }, 600_000)

  it('takes a healthy release from start to its end, with gates, summaries and a bundle', async () => {
    const image = await release(false)
    const started = await run('start-rollout', { environment: 'prod', service: 'web' })
    expect(started.log).not.toContain('::error')
    expect(started.outputs).toMatchObject({ unchanged: 'false', 'production-url': expect.stringContaining('http://') })
    const handle = started.outputs['handle'] ?? ''
    expect((JSON.parse(handle) as RolloutHandle).image).toBe(image)

    const watched = await run('watch-rollout', { handle, until: 'paused' })
    expect(watched.outputs).toMatchObject({ state: 'paused', outcome: 'inconclusive' })
    const tested = await run('run-tests', { handle })
    expect(JSON.parse(tested.outputs['gate-result'] ?? '{}')).toMatchObject({ gate: 'tests', outcome: 'pass' })

    const judged = await run('analyze-rollout', { handle, gates: `${tested.outputs['gate-result']}\n\n` })
    expect(judged.log).not.toContain('::error')
    expect(judged.outputs).toMatchObject({ outcome: 'pass', reason: expect.stringContaining('approved digest') })
    expect(judged.summary).toContain('xychart-beta')
    expect(await judge.run(['replay', judged.outputs['bundle'] ?? ''])).toBe(0)
    expect((await run('start-rollout', { environment: 'prod', service: 'web' })).outputs['unchanged']).toBe('true')
  }, 600_000)

  it('fails the step that judges a faulty release, and rolls it back', async () => {
    await release(true)
    const started = await run('start-rollout', { environment: 'prod', service: 'web' })
    const handle = started.outputs['handle'] ?? ''
    const tested = await run('run-tests', { handle })
    const judged = await run('analyze-rollout', { handle, gates: tested.outputs['gate-result'] })
    expect(judged.code).toBe(1)
    expect(judged.outputs['outcome']).toBe('fail')
    expect(judged.log).toMatch(/::error title=Analyze rollout::fail: errors: \d+ of \d+ requests/)
    expect(await judge.run(['replay', judged.outputs['bundle'] ?? ''])).toBe(0)
    const back = await run('roll-back', { handle, reason: judged.outputs['reason'] })
    expect(back).toMatchObject({ code: 0, outputs: { outcome: 'rolled-back' } })
    const again = await run('start-rollout', { environment: 'prod', service: 'web' })
    expect(again.code).toBe(1)
    expect(again.log).toContain('is held in prod')
    const calls = readFileSync(aws.callLogFile, 'utf8')
    expect(calls).toContain('ecs:ContinueServiceDeployment')
  }, 600_000)
})
