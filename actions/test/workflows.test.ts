import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

interface Step {
  readonly id?: string
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly run?: string
}
interface Job {
  readonly steps?: readonly Step[]
  readonly uses?: string
  readonly with?: Readonly<Record<string, string>>
  readonly needs?: string | readonly string[]
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>
  readonly environment?: string | { readonly name: string; readonly deployment?: boolean }
  readonly outputs?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly 'runs-on'?: string
}
interface Workflow {
  readonly on: Readonly<
    Record<string, { readonly inputs?: Readonly<Record<string, { readonly required?: boolean }>> } | null>
  >
  readonly permissions: object
  readonly jobs: Readonly<Record<string, Job>>
}
interface Action {
  readonly inputs?: Readonly<Record<string, { readonly required?: boolean }>>
  readonly outputs?: object
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = <Content>(path: string) => parse(readFileSync(root + path, 'utf8')) as Content
const folder = '.github/workflows/'
const files = readdirSync(root + folder)
const workflows = new Map(files.map((file) => [file, read<Workflow>(folder + file)]))
const jobs = files.flatMap((file) =>
  Object.entries(workflows.get(file)?.jobs ?? {}).map(([name, job]) => ({ file, name, job, key: `${file} ${name}` })),
)
const steps = jobs.flatMap(({ key, job }) => (job.steps ?? []).map((step) => ({ key, job, step })))
const own = (uses = '') => /^\$\/(actions\/[a-z-]+)$/.exec(uses)?.[1]

describe.each(steps.filter(({ step }) => own(step.uses)))('$key: $step.uses', ({ step }) => {
  const path = `${own(step.uses)}/action.yml`

  it('gives what the action takes, and all that it needs', () => {
    expect(existsSync(root + path)).toBe(true)
    const inputs = read<Action>(path).inputs ?? {}
    const given = Object.keys(step.with ?? {})
    expect(given.filter((name) => !(name in inputs))).toEqual([])
    const required = Object.keys(inputs).filter((name) => inputs[name]?.required)
    expect(required.filter((name) => !given.includes(name))).toEqual([])
  })
})

describe.each(jobs)('$key', ({ file, job }) => {
  const text = JSON.stringify(job)

  it('reads only outputs that its steps and the jobs that it needs set', () => {
    const ofSteps = [...text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)].filter(([, id, output = '']) => {
      const step = job.steps?.find((candidate) => candidate.id === id)
      if (step?.run != null) return !(step.run.includes(`${output}=`) && step.run.includes('"$GITHUB_OUTPUT"'))
      return !(output in (read<Action>(`${own(step?.uses)}/action.yml`).outputs ?? {}))
    })
    const needs = [job.needs ?? []].flat()
    const ofJobs = [...text.matchAll(/needs\.([\w-]+)\.(?:outputs\.([\w-]+)|result)/g)].filter(
      ([, id = '', output]) => {
        const outputs = workflows.get(file)?.jobs[id]?.outputs ?? {}
        return !needs.includes(id) || (output != null && !(output in outputs))
      },
    )
    expect([...ofSteps, ...ofJobs].map(([expression]) => expression)).toEqual([])
  })

  it('has a time limit and its own permissions', () => {
    expect(job.permissions).toBeDefined()
    expect(job.uses != null || (job['timeout-minutes'] ?? 0) > 0).toBe(true)
  })

  it('puts no expression into a script, which would run what it says', () => {
    expect((job.steps ?? []).filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  if (job.uses) {
    const called = workflows.get(job.uses.split('/').at(-1) ?? '')

    it('gives a called workflow its inputs and every permission that its jobs take', () => {
      const inputs = called?.on['workflow_call']?.inputs ?? {}
      expect(Object.keys(job.with ?? {}).sort()).toEqual(Object.keys(inputs).sort())
      const order = ['none', 'read', 'write']
      const taken = Object.values(called?.jobs ?? {}).flatMap(({ permissions = {} }) => Object.entries(permissions))
      const missing = taken.filter(
        ([scope, level]) => order.indexOf(job.permissions?.[scope] ?? 'none') < order.indexOf(level),
      )
      expect(missing).toEqual([])
    })
  }

  it('runs every third party at a commit', () => {
    const others = (job.steps ?? []).flatMap(({ uses }) => (uses == null || own(uses) ? [] : [uses]))
    expect(others.filter((uses) => !/@[0-9a-f]{40}$/.test(uses))).toEqual([])
  })
})

it('gives nothing by default', () => {
  for (const { permissions } of workflows.values()) expect(permissions).toEqual({})
})

it('names a reviewed environment in one job alone, whose first own step verifies the approval', () => {
  const nameOf = ({ environment }: Job) => (typeof environment === 'string' ? environment : environment?.name)
  const reviewed = jobs.filter(({ job }) => nameOf(job) != null && !/-(rollout|roll-back)$/.test(nameOf(job) ?? ''))
  const ofReleases = reviewed.filter(({ file }) => !['infra.yml', 'dr-drill.yml'].includes(file))
  expect(ofReleases.map(({ key }) => key)).toEqual(['deploy.yml deploy'])
  const first = ofReleases[0]?.job.steps?.find(({ uses }) => own(uses))
  expect(first?.uses).toBe('$/actions/verify-approval')
})

it('deploys stacks in one reviewed job, which runs nothing of the repository but the action', () => {
  const reviewed = jobs.filter(({ file, job }) => file === 'infra.yml' && job.permissions?.['id-token'] != null)
  const ofStacks = reviewed.filter(({ job }) => !JSON.stringify(job.environment).includes('-rollout'))
  expect(ofStacks.map(({ key }) => key)).toEqual(['infra.yml deploy'])
  const used = ofStacks.flatMap(({ job }) => job.steps ?? []).map(({ uses, run }) => run ?? uses?.split('@')[0])
  expect(used).toEqual(['actions/checkout', '$/actions/deploy-stacks'])
})

it('moves an environment in one reviewed job, which runs nothing of the repository but the action', () => {
  const moving = jobs.filter(({ file, job }) => file === 'dr-drill.yml' && job.permissions?.['id-token'] != null)
  expect(moving.map(({ key, job }) => [key, (job.environment as { name: string }).name])).toEqual([
    ['dr-drill.yml move', '${{ inputs.environment }}-recovery'],
  ])
  const used = moving.flatMap(({ job }) => job.steps ?? []).map(({ uses, run }) => run ?? uses?.split('@')[0])
  expect(used).toEqual(['actions/checkout', '$/actions/run-recovery'])
})

it('runs nothing of the repository beside the role that can undo a rollout', () => {
  const undoing = jobs.filter(({ job }) => JSON.stringify(job).includes('needs.plan.outputs.roll-back-role'))
  expect(undoing.map(({ key }) => key)).toEqual(['deploy.yml roll-back'])
  const used = undoing.flatMap(({ job }) => job.steps ?? []).map(({ uses, run }) => run ?? uses?.split('@')[0])
  expect(used).toEqual(['actions/checkout', '$/actions/roll-back'])
})

it('gives no cloud role to the jobs that run scanners of others', () => {
  const scans = steps.filter(
    ({ step }) => step.uses === '$/actions/scan' && !/^ecr$/.test(step.with?.['scanners'] ?? ''),
  )
  expect(scans.map(({ key }) => key)).toEqual(['pr.yml image', 'release.yml scan-source'])
  for (const { job } of scans) expect(job.permissions).toEqual({ contents: 'read' })
})

it('never installs packages in a delivery', () => {
  const installing = steps.filter(({ step }) => /npm (ci|install)/.test(step.run ?? ''))
  expect(installing.filter(({ key }) => !/^(pr|infra|dr-drill)\.yml /.test(key)).map(({ key }) => key)).toEqual([])
  // What installs may read the repository, and has neither a role nor a secret.
  for (const { job } of installing) expect(job.permissions).toEqual({ contents: 'read' })
})

it('gives what a pull request runs no secret and no write', () => {
  expect(readFileSync(`${root}${folder}pr.yml`, 'utf8')).not.toContain('secrets.')
  const taken = jobs.filter(({ file }) => file === 'pr.yml').flatMap(({ job }) => Object.values(job.permissions ?? {}))
  expect(new Set(taken)).toEqual(new Set(['read']))
})

it('name no environment: one that is added to environments/ is delivered to and watched without a change here', () => {
  const names = readdirSync(`${root}environments`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'policy')
    .map(({ name }) => name)
  expect(names.length).toBeGreaterThan(1)
  const named = files.filter((file) =>
    new RegExp(String.raw`(?<![\w/-])(${names.join('|')})(?![\w/-])`).test(JSON.stringify(workflows.get(file))),
  )
  expect(named).toEqual([])
})
