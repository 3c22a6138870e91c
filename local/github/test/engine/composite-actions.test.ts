import { describe, expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()
const { logs, conclusions } = repository

/** A workflow of one job with these steps, each in flow style. */
const job = (...steps: string[]) => `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    outputs: { said: "\${{ steps.use.outputs.said }}" }
    env: { FROM: job }
    steps: [${steps.join(', ')}]
`
const composite = (steps: readonly string[], rest = '') => `
name: composite
description: Steps.
${rest}
runs:
  using: composite
  steps:
${steps.map((step) => `    - ${step}`).join('\n')}
`
const node = (name: string, entries: readonly ('pre' | 'main' | 'post')[], rest = '') => ({
  [`actions/${name}/action.yml`]: `
name: ${name}
description: Says when it runs.
inputs: { as: { default: ${name} } }
runs: { using: node24, ${entries.map((entry) => `${entry}: say.mjs`).join(', ')}${rest} }
`,
  [`actions/${name}/say.mjs`]: `import { appendFileSync } from 'node:fs'
const step = process.env.STATE_main ? 'post' : process.env.STATE_pre || !${entries.includes('pre')} ? 'main' : 'pre'
console.log('RAN ' + step + ' ' + process.env.INPUT_AS)
appendFileSync(process.env.GITHUB_STATE, step + '=1\\n')`,
})
const ran = () => logs().filter((line) => line.startsWith('RAN '))

describe('a composite action', () => {
  it('hands inputs in and outputs out, through actions within actions', async () => {
    await repository.runs(
      job(
        '{ uses: $/actions/outer, id: use, with: { who: you } }',
        `{ run: 'echo "$SAID"; echo "[$INNER]"', shell: bash, env: { SAID: "\${{ steps.use.outputs.said }}", INNER: "\${{ steps.inner.outputs.said }}" } }`,
      ),
      {
        files: {
          'actions/outer/action.yml': composite(
            ['{ uses: $/actions/inner, id: inner, with: { who: "${{ inputs.who }} and me" } }'],
            'inputs: { who: { required: true } }\noutputs: { said: { description: What was said., value: "outer ${{ steps.inner.outputs.said }}" } }',
          ),
          'actions/inner/action.yml': composite(
            [
              `{ run: 'echo "said=hello $WHO" >> "$GITHUB_OUTPUT"', id: say, shell: bash, env: { WHO: "\${{ inputs.who }}" } }`,
            ],
            'inputs: { who: { required: true } }\noutputs: { said: { description: What was said., value: "${{ steps.say.outputs.said }}" } }',
          ),
        },
      },
    )
    expect(logs()).toEqual(expect.arrayContaining(['outer hello you and me', '[]']))
  })

  it('runs every pre before the first step and every post after the last, the last first', async () => {
    await repository.runs(
      job(
        '{ run: echo RAN step, shell: bash }',
        '{ uses: $/actions/both, with: { as: one } }',
        '{ uses: $/actions/nest }',
      ),
      {
        files: {
          ...node('both', ['pre', 'main', 'post']),
          ...node('last', ['main', 'post']),
          'actions/nest/action.yml': composite([
            '{ uses: $/actions/both, with: { as: two } }',
            '{ uses: $/actions/last }',
          ]),
        },
      },
    )
    expect(ran()).toEqual([
      'RAN pre one',
      'RAN pre two',
      'RAN step',
      'RAN main one',
      'RAN main two',
      'RAN main last',
      'RAN post last',
      'RAN post two',
      'RAN post one',
    ])
  })

  it('keeps what it says of a post: always by default, and on success alone where it asks so', async () => {
    await repository.runs(job('{ uses: $/actions/tidy }', '{ uses: $/actions/brag }', '{ run: exit 1, shell: bash }'), {
      files: { ...node('tidy', ['main', 'post']), ...node('brag', ['main', 'post'], ', post-if: success()') },
    })
    expect(ran()).toEqual(['RAN main tidy', 'RAN main brag', 'RAN post tidy'])
    expect(conclusions()).toEqual({ a: 'failure' })
  })

  it.each([
    ['if', '{ run: echo RAN it, shell: bash, if: "inputs.who == \'nobody\'" }', []],
    ['env', '{ run: \'echo "RAN $FROM $OWN"\', shell: bash, env: { OWN: "${{ inputs.who }}" } }', ['RAN job you']],
    ['shell', '{ run: \'echo "RAN $0" | sed s,/.*/,,\', shell: sh }', [expect.stringMatching(/^RAN step-.*\.sh$/)]],
    [
      'working-directory',
      '{ run: \'echo "RAN ${PWD##*/}"\', shell: bash, working-directory: "${{ github.action_path }}" }',
      ['RAN it'],
    ],
    ['its own folder', '{ run: \'echo "RAN ${GITHUB_ACTION_PATH##*/}"\', shell: bash }', ['RAN it']],
  ])('knows the key of a step: %s', async (_, step, said) => {
    await repository.runs(job('{ uses: $/actions/it, with: { who: you } }'), {
      files: { 'actions/it/action.yml': composite([step], 'inputs: { who: { required: true } }') },
    })
    expect(ran()).toEqual(said)
  })

  it.each([
    ['with continue-on-error goes on', 'true', 'success', ['RAN second']],
    ['with continue-on-error by an expression goes on', '"${{ inputs.who == \'you\' }}"', 'success', ['RAN second']],
    ['without stops', 'false', 'failure', []],
  ])('a step that fails %s', async (_, forgiven, conclusion, said) => {
    await repository.runs(job('{ uses: $/actions/it, with: { who: you } }'), {
      files: {
        'actions/it/action.yml': composite(
          [`{ run: exit 1, shell: bash, continue-on-error: ${forgiven} }`, '{ run: echo RAN second, shell: bash }'],
          'inputs: { who: { required: true } }',
        ),
      },
    })
    expect(ran()).toEqual(said)
    expect(conclusions()).toEqual({ a: conclusion })
  })

  it('speaks of its own steps with success() and failure(), whatever failed in the job before', async () => {
    await repository.runs(job('{ run: exit 1, shell: bash }', '{ uses: $/actions/it, if: always() }'), {
      files: {
        'actions/it/action.yml': composite([
          '{ run: echo RAN success, shell: bash }',
          '{ run: echo RAN failure, shell: bash, if: failure() }',
        ]),
      },
    })
    expect(ran()).toEqual(['RAN success'])
  })
})

describe('before anything runs', () => {
  it.each([
    ['a key that GitHub does not have', '{ run: echo, shell: bash, timeout-minutes: 3 }', 'timeout-minutes'],
    ['no shell', '{ run: echo }', 'shell'],
    ['a shell that the runner has not', '{ run: echo, shell: pwsh }', 'step 1 (echo): the shell pwsh is not supported'],
    ['an action that does not exist', '{ uses: $/actions/none }', '$/actions/none does not exist'],
    ['an input that the action has not', '{ uses: $/actions/it, with: { hwo: x } }', '$/actions/it has no input hwo'],
    ['an action without a stand-in', '{ uses: some/one@v1 }', 'some/one, which the local runner has no stand-in for'],
    ['itself', '{ uses: $/actions/it }', '10 levels deep'],
  ])('refuses in a composite action %s', async (_, step, message) => {
    const run = repository.runs(job('{ uses: $/actions/it }'), {
      files: { 'actions/it/action.yml': composite([step]) },
    })
    await expect(run).rejects.toThrow(message)
    await expect(run).rejects.toThrow('actions/it/action.yml')
    expect(repository.events()).toEqual([])
  })
})
