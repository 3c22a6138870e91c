import { describe, expect, it } from 'vitest'
import { parseDesiredState } from '../../src/environment/read.ts'
import { ConfigurationError } from '../../src/failure.ts'

const digest = `sha256:${'a'.repeat(64)}`
const valid = new Map([
  [
    'project.yaml',
    `github: { owner: acme, ownerId: 1, repository: sluice, repositoryId: 2 }
artifacts: { account: "111111111111", region: us-east-1 }
services:
  registry: { path: app, image: component-registry, owners: ["@acme/registry"] }
`,
  ],
  ['policy/findings.yaml', 'required: { prod: [npm-audit] }\n'],
  [
    'prod/environment.yaml',
    `account: "222222222222"
regions: [us-east-1]
`,
  ],
  [
    'prod/registry.yaml',
    `kind: web
release:
  image: component-registry@${digest}
  commit: "${'0'.repeat(40)}"
  version: 1.4.0
task: { cpu: 512, memory: 1024 }
rollout:
  strategy: LINEAR
  stepPercent: 25
  bakeTime: 10m
`,
  ],
])

const problemsOf = (changes: Record<string, (text: string) => string>) => {
  const files = new Map([...valid].map(([path, text]) => [path, changes[path]?.(text) ?? text]))
  try {
    parseDesiredState(files)
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
  return []
}

describe('parseDesiredState', () => {
  it('reads a release, derives minutes and fills in what ECS would default', () => {
    const { registry } = parseDesiredState(valid).environments['prod']?.services ?? {}
    expect(registry?.release.image).toEqual({ repository: 'component-registry', digest })
    expect(registry?.rollout).toMatchObject({ strategy: 'LINEAR', bakeTime: 10, pauses: { timeout: 60 } })
    expect(registry?.analysis).toMatchObject({ interval: 60, ceiling: { errors: 0.01 } })
  })

  it.each([
    [
      'a tag in place of a digest',
      'prod/registry.yaml',
      `component-registry@${digest}`,
      'component-registry:v1',
      3,
      'a tag can be moved',
    ],
    ['an unknown strategy', 'prod/registry.yaml', 'LINEAR', 'YOLO', 8, 'strategy'],
    ['a step below what ECS takes', 'prod/registry.yaml', 'stepPercent: 25', 'stepPercent: 2', 9, '>=3'],
    ['a bake beyond what ECS takes', 'prod/registry.yaml', 'bakeTime: 10m', 'bakeTime: 25h', 10, '1440m'],
    ['seconds where ECS counts minutes', 'prod/registry.yaml', 'bakeTime: 10m', 'bakeTime: 90s', 10, 'whole minutes'],
    ['a key that does not exist', 'prod/registry.yaml', 'kind: web', 'kind: web\nreplicas: 3', 2, 'replicas'],
    ['a missing key', 'prod/environment.yaml', 'account: "222222222222"\n', '', 1, 'account'],
    ['memory that Fargate has not', 'prod/registry.yaml', 'memory: 1024', 'memory: 8192', 6, '1024 to 4096 MiB'],
  ])('names file and line of %s', (_, file, from, to, line, message) => {
    const problems = problemsOf({ [file]: (text) => text.replace(from, to) })
    expect(problems.map(({ location }) => location)).toContainEqual(
      expect.objectContaining({ file: `environments/${file}`, line }),
    )
    expect(problems.map((problem) => problem.message).join()).toContain(message)
  })

  it.each(['shared', 'prod-rollout', 'prod-roll-back', 'prod-recovery'])(
    'refuses an environment with the name %s, by which something else goes',
    (name) => {
      const renamed = new Map([...valid].map(([path, text]) => [path.replace(/^prod\//, `${name}/`), text]))
      expect(() => parseDesiredState(renamed)).toThrow(`environments/${name}/environment.yaml: the name is reserved`)
    },
  )

  it('reports the violations of all files at once', () => {
    const problems = problemsOf({
      'prod/registry.yaml': (text) => text.replace('web', 'cron').replace('1.4.0', 'latest'),
      'prod/environment.yaml': (text) => text.replace('us-east-1', 'mars'),
    })
    expect(problems.map(({ location }) => location?.file)).toEqual([
      'environments/prod/environment.yaml',
      'environments/prod/registry.yaml',
      'environments/prod/registry.yaml',
    ])
  })
})
