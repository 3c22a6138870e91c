import { describe, expect, it } from 'vitest'
import type { Problem } from '@sluice/core/failure'
import { checkWorkflows } from '../../src/workflow/check-workflows.ts'
import type { Action } from '../../src/workflow/model.ts'
import { readWorkflow } from '../../src/workflow/read-workflow.ts'

const action = (inputs: Action['inputs']): Action => ({
  file: 'actions/scan/action.yml',
  inputs,
  outputs: {},
  using: 'node24',
  main: 'main.mjs',
  steps: [],
})
const actions = new Map([
  [
    'actions/scan',
    action({ service: { required: true }, image: { required: false }, token: { required: true, default: 'x' } }),
  ],
])

/** What is wrong with a workflow beside others, as a reader sees it. */
const problemsOf = (text: string, others: Readonly<Record<string, string>> = {}): string[] => {
  const problems: Problem[] = []
  const files = Object.entries({ 'main.yml': text, ...others })
  const workflows = new Map(
    files.map(([name, file]) => [
      `.github/workflows/${name}`,
      readWorkflow(`.github/workflows/${name}`, file, problems),
    ]),
  )
  problems.push(...checkWorkflows(workflows, actions))
  return problems.map(({ message, location }) => `${location?.file}:${location?.line}: ${message}`)
}

describe('a step that uses an own action', () => {
  const step = (inputs: string) => `on: push
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - run: echo
      - uses: $/actions/scan
        name: Scan it
        with: ${inputs}
`
  it.each([
    ['what it needs', '{ service: api }', []],
    ['names in other letters', '{ Service: api, IMAGE: x }', []],
    ['an expression, whatever it comes to', '{ service: "${{ inputs.service }}" }', []],
    [
      'an input that it has not',
      '{ service: api, imgae: x }',
      ['job gate, step 2 (Scan it): $/actions/scan has no input imgae; it has service, image, token'],
    ],
    ['not what it needs', '{}', ['job gate, step 2 (Scan it): $/actions/scan needs the input service']],
  ])('is given %s', (_, inputs, problems) => {
    expect(problemsOf(step(inputs))).toEqual(problems.map((message) => `.github/workflows/main.yml:7: ${message}`))
  })
})

describe('a job that calls a workflow', () => {
  const called = `
on:
  workflow_call:
    inputs:
      service: { type: string, required: true }
      count: { type: number }
      dry: { type: boolean, default: false }
    secrets:
      KEY: { required: true }
      OTHER: { required: false }
jobs: { a: { runs-on: ubuntu-24.04, steps: [{ run: echo }] } }
`
  const caller = (rest: string) => `on: push
jobs:
  call:
    uses: $/.github/workflows/called.yml
    ${rest}
`
  it.each([
    ['all that it asks for', 'with: { service: api, count: 3, dry: true }\n    secrets: { KEY: x }', []],
    [
      'expressions',
      'with: { service: "${{ github.ref }}", count: "${{ fromJSON(\'3\') }}" }\n    secrets: { KEY: "${{ secrets.KEY }}" }',
      [],
    ],
    [
      'too little',
      '',
      [
        'Input service is required, but not provided while calling.',
        'Secret KEY is required, but not provided while calling.',
      ],
    ],
    [
      'too much',
      'with: { service: api, who: x }\n    secrets: { KEY: x, WHO: x }',
      [
        'Invalid input, who is not defined in the referenced workflow.',
        'Invalid secret, WHO is not defined in the referenced workflow.',
      ],
    ],
    [
      'values of other types',
      'with: { service: api, count: three, dry: "yes" }\n    secrets: { KEY: x }',
      ['input count expects a number, found "three"', 'input dry expects a boolean, found "yes"'],
    ],
  ])('gives %s', (_, rest, problems) => {
    expect(problemsOf(caller(rest), { 'called.yml': called })).toEqual(
      problems.map((message) => expect.stringContaining(`main.yml:4: job call: ${message}`)),
    )
  })

  it.each([
    ['one that is not there', {}, 'which does not exist'],
    ['one that cannot be called', { 'called.yml': 'on: push\njobs: {}' }, 'it has no workflow_call'],
    [
      'itself, in the end',
      { 'called.yml': 'on: workflow_call\njobs: { b: { uses: ./.github/workflows/called.yml } }' },
      'may call 10 levels deep',
    ],
  ])('calls %s', (_, others, message) => {
    expect(problemsOf(caller(''), others)).toContainEqual(expect.stringContaining(message))
  })
})

it.each([
  ['a shell', '{ steps: [{ run: echo, shell: python }] }', 'step 1 (echo): the shell python is not supported'],
  [
    'a default shell',
    '{ defaults: { run: { shell: pwsh } }, steps: [{ run: echo }] }',
    'the shell pwsh is not supported',
  ],
  [
    'a limit that is no number',
    '{ steps: [{ run: echo, timeout-minutes: "${{ 3 }}" }] }',
    'step 1 (echo): timeout-minutes: the local runner takes a number',
  ],
  [
    "a job's limit that is no number",
    '{ timeout-minutes: soon, steps: [] }',
    'timeout-minutes: the local runner takes a number',
  ],
  [
    'fail-fast as an expression',
    '{ strategy: { fail-fast: "${{ true }}", matrix: { a: [1] } }, steps: [] }',
    'strategy.fail-fast as an expression',
  ],
  [
    'max-parallel as an expression',
    '{ strategy: { max-parallel: "${{ 1 }}", matrix: { a: [1] } }, steps: [] }',
    'strategy.max-parallel: expected a whole number',
  ],
  ['permissions in one word', '{ permissions: write-all, steps: [] }', 'permissions: write-all is not supported'],
  ['an environment that writes a deployment', '{ environment: prod, steps: [] }', 'say deployment: false'],
  [
    'a group that cancels and queues',
    '{ concurrency: { group: g, queue: max, cancel-in-progress: true }, steps: [] }',
    'cannot be combined',
  ],
  ['two steps of one id', '{ steps: [{ run: echo, id: a }, { run: echo, id: a }] }', 'the id a is taken'],
  ['a need that is no job', '{ needs: none, steps: [] }', 'needs none, which is no job'],
])('refuses %s', (_, job, message) => {
  expect(problemsOf(`{ on: push, jobs: { a: ${job} } }`)).toContainEqual(expect.stringContaining(message))
})
