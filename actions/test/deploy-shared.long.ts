import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { environmentFiles, writeFolder } from './fakes/environments.ts'
import { runEntry } from './fakes/run-entry.ts'
import { startStackWorld } from './fakes/stack-world.ts'

const [account, region] = ['999999999999', 'us-east-1']
const golden = fileURLToPath(new URL('../../infra/golden', import.meta.url))
const registry = 'infra/golden/shared/sluice-shared-registry.template.json'

describe('deploy-stacks with what all environments share', () => {
  const checkout = writeFolder(environmentFiles)
  const stateFolder = join(checkout, 'state')
  let world: Awaited<ReturnType<typeof startStackWorld>>
  beforeAll(async () => {
    cpSync(golden, join(checkout, 'infra/golden'), { recursive: true })
    mkdirSync(stateFolder)
    world = await startStackWorld({ account, region, stateFolder })
  })
  afterAll(async () => {
    await world.close()
    rmSync(checkout, { recursive: true, force: true })
  })

  let runs = 0
  const deploy = (inputs: Record<string, string> = {}) =>
    runEntry(
      'deploy-stacks',
      { environment: 'shared', ...inputs },
      {
        AWS_ENDPOINT_URL: world.url,
        AWS_REGION: region,
        GITHUB_WORKSPACE: checkout,
        GITHUB_RUN_ID: String((runs += 1)),
      },
    )
  const rows = (summary: string) =>
    [...summary.matchAll(/^\| (sluice-\S+) +\| \S+ +\| (\S+)/gm)].map(([, name, outcome]) => `${name} ${outcome}`)

  it("makes the artifact account's stacks, and leaves each account's own to its administrator", async () => {
    const made = await deploy()
    expect(made.log).not.toContain('::error')
    expect(made).toMatchObject({ code: 0, outputs: { changed: 'true', handles: '[]', 'rollout-role': '' } })
    expect(rows(made.summary).toSorted()).toEqual([
      'sluice-shared-identity deployed',
      'sluice-shared-registry deployed',
    ])
    const stacks = JSON.parse(readFileSync(join(stateFolder, 'stacks.json'), 'utf8')) as object
    expect(JSON.stringify(stacks)).not.toContain('sluice-shared-account')
  }, 600_000)

  it('changes what its templates change, only prepares it where that is asked for, and nothing twice', async () => {
    const file = join(checkout, registry)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"SCAN_ON_PUSH"', '"MANUAL"'))
    const asked = ['sluice-shared-identity unchanged', 'sluice-shared-registry prepared']
    expect(rows((await deploy({ 'prepare-only': 'true' })).summary).toSorted()).toEqual(asked)
    const changed = await deploy()
    expect(changed.log).toContain('comparing 2 stacks with git')
    expect(rows(changed.summary)).toContain('sluice-shared-registry deployed')
    expect(await deploy()).toMatchObject({ code: 0, outputs: { changed: 'false' } })
  }, 600_000)
})
