import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { plan } from '../../src/plan.ts'
import { startPlanCheckout } from './plan-checkout.ts'

const environments = join(import.meta.dirname, '../../../environments')

describe('sluice plan, of other environments', () => {
  let folder = ''
  let said: string[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-plan-'))
    cpSync(environments, folder, { recursive: true })
    said = []
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    rmSync(folder, { recursive: true })
  })
  const edit = (file: string, from: string, to: string) => {
    const before = readFileSync(join(folder, file), 'utf8')
    expect(before).toContain(from)
    writeFileSync(join(folder, file), before.replace(from, to))
  }
  async function run(...args: string[]): Promise<{ code: number; text: string }> {
    const code = await plan.run([...args, '--environments', folder])
    return { code, text: said.join('\n') }
  }
  const smaller = () => edit('prod/environment.yaml', 'profile: production, physicalClusters: 2', 'profile: dev')

  it('shows first what is lost, and what is saved', async () => {
    smaller()
    const { code, text } = await run()
    const shown = text.slice(0, text.indexOf('<details'))
    expect(shown).toMatch(/^### Infrastructure: .*🔴 REPLACE.*🔴 DELETE/)
    expect(shown).toContain('- 🔴 DELETE `Cluster0` (AWS::RDS::DBCluster) in `prod/sluice-prod-data.template.json`')
    expect(shown).toContain('- 🔴 REPLACE `Cache` (AWS::ElastiCache::ServerlessCache)')
    expect(shown).toMatch(/\| \*\*prod\*\* \| \d+\.\d\d \| \d+\.\d\d \| \*\*-\d+\.\d\d\*\* \|/)
    expect(shown).toMatch(/\| NAT gateway \(us-east-1\) \| 32\.85 \| 0\.00 \| -32\.85 \|/)
    expect(code).toBe(0)
  })

  it('shows what is saved by an environment that is taken away', async () => {
    rmSync(join(folder, 'prod'), { recursive: true })
    const { code, text } = await run('--environment', 'prod')
    expect(text).toMatch(/^### Infrastructure: \d+ 🔴 DELETE/)
    expect(text).toMatch(/\| \*\*prod\*\* \| \d{3}\.\d\d \| 0\.00 \| \*\*-\d{3}\.\d\d\*\* \|/)
    expect(text).toMatch(/\| NAT gateway \(us-east-1\) \| 32\.85 \| 0\.00 \| -32\.85 \|/)
    expect(code).toBe(0)
  })

  it('says what a permission is given on', async () => {
    edit('prod/registry.yaml', 'DATABASE_URLS:', 'API_KEY: registry/api-key, DATABASE_URLS:')
    const { code, text } = await run()
    expect(text).toContain('⚠️ **Permissions are broadened** in `prod/sluice-prod-service.template.json`')
    expect(text).toMatch(/\| ➕ \| Allow secretsmanager:GetSecretValue on .*registry\/api-key/)
    expect(text).toContain('What it costs a month stays the same.')
    expect(code).toBe(0)
  })

  it('looks at one environment alone, and says the same to programs', async () => {
    smaller()
    expect(JSON.parse((await run('--environment', 'dev', '--json')).text)).toEqual({
      stacks: [],
      guards: [],
      costs: [],
      unpriced: [],
    })
    said = []
    const { costs } = JSON.parse((await run('--environment', 'prod', '--json')).text) as { costs: object[] }
    expect(costs).toMatchObject([{ environment: 'prod' }])
  })

  it.each<[args: string[], message: string | RegExp]>([
    [['--environment', 'nowhere'], /expected one of shared, dev, prod, stage, found "nowhere"/],
    [['origin/main'], "Unexpected argument 'origin/main'"],
    [['--against', 'no-such-branch'], '--against: expected a git revision, found "no-such-branch"'],
    [['--against', '--output=x'], /ambiguous/],
    [['--against=--output=x'], '--against: expected a git revision, found "--output=x"'],
  ])('refuses %j', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message)
  })
})

describe('sluice plan --against, of a change to the code', () => {
  let checkout: ReturnType<typeof startPlanCheckout>
  beforeAll(() => {
    checkout = startPlanCheckout()
  })
  afterAll(() => checkout.close())

  const cutOff = ['unshare', '--map-root-user', '--net', '--']
  const [program = '', ...rest] = cutOff
  const command = spawnSync(program, [...rest, 'true']).status === 0 ? cutOff : []

  it('finds nothing in what is deployed, without network and credentials', async () => {
    const { code, text, errors } = await checkout.plan(['--against', 'main'], { command })
    expect(errors).toBe('')
    expect(text).toBe('### Infrastructure: nothing changes\n\n')
    expect(code).toBe(0)
  })

  it('shows a setting, and refuses what the release owns, against the commit before', async () => {
    checkout.edit(
      'infra/lib/service/ecs-service.ts',
      'healthCheckGracePeriodSeconds: 60',
      'healthCheckGracePeriodSeconds: 61',
    )
    checkout.commit('more time to start')
    const fine = await checkout.plan(['--against', 'main~1', '--environment', 'prod'], { command })
    expect(fine.text).toMatch(/^### Infrastructure: 1 🟡 update\n/)
    expect(fine.text).toContain('| 🟡 update | `Serviceregistry` | AWS::ECS::Service | HealthCheckGracePeriodSeconds |')
    expect(fine.code).toBe(0)

    checkout.edit('infra/lib/service/routing.ts', 'weight: weights[0]', 'weight: weights[0] - 1')
    checkout.commit('a weight')
    const refused = await checkout.plan(['--against', 'main~1', '--environment', 'prod'], { command })
    expect(refused.text).toMatch(/^### Infrastructure: ⛔ refused \(\d\)\n/)
    expect(refused.text).toContain('aws/aws-cdk#36649')
    expect(refused.code).toBe(1)
  })

  it('says to a shallow checkout, as of a pull request from a fork, how the base is had', async () => {
    const { code, errors } = await checkout.plan(['--against', 'main~1'], { at: checkout.shallowClone() })
    expect(errors).toContain('--against: expected a git revision, found "main~1"')
    expect(errors).toContain('fetch-depth: 0')
    expect(errors).not.toMatch(/^ {4}at /m)
    expect(code).toBe(1)
  })

  it('needs git for --against alone', async () => {
    rmSync(join(checkout.folder, '.git'), { recursive: true })
    const refused = await checkout.plan(['--against', 'main'])
    expect(refused.errors).toContain('--against: expected git and a git checkout, found none')
    expect(refused.code).toBe(1)
    const { code, text } = await checkout.plan(['--environment', 'dev'])
    expect(text).toContain('HealthCheckGracePeriodSeconds')
    expect(code).toBe(1)
  })
})
