import { expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()
const { logs } = repository

const called = (rest = '') =>
  `
on:
  workflow_call:
    inputs:
      service: { type: string, required: true }
      count: { type: number }
      dry: { type: boolean }
    outputs: { said: { value: "\${{ jobs.say.outputs.said }}" } }
    secrets: { KEY: { required: true }, OTHER: { required: false } }
jobs:
  say:
    runs-on: ubuntu-24.04
    outputs: { said: "\${{ steps.say.outputs.said }}" }
    ${rest}
    steps:
      - id: say
        run: |
          echo "key $KEY, other [$OTHER], unnamed [\${{ secrets.UNNAMED }}]"
          echo "said=\${{ inputs.service }} \${{ inputs.count + 1 }} \${{ inputs.dry && 'dry' || 'wet' }}" >> "$GITHUB_OUTPUT"
        shell: bash
        env: { KEY: "\${{ secrets.KEY == 'the-key' && 'given' }}", OTHER: "\${{ secrets.OTHER }}" }
`.replaceAll('inputs.count + 1', 'inputs.count')

const caller = (inputs: string) => `
on: workflow_dispatch
jobs:
  call:
    uses: $/.github/workflows/called.yml
    with: ${inputs}
    secrets: { KEY: "\${{ secrets.KEY }}" }
  after:
    needs: call
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "after: $SAID"', shell: bash, env: { SAID: "\${{ needs.call.outputs.said }}" } }]
`

it.each([
  ['{ service: api }', 'after: api 0 wet'],
  ['{ service: api, count: 3, dry: true }', 'after: api 3 dry'],
  [
    '{ service: 12, count: "${{ fromJSON(\'7\') }}", dry: "${{ github.event_name == \'workflow_dispatch\' }}" }',
    'after: 12 7 dry',
  ],
])('hands inputs %s in, and outputs out; secrets only by name', async (inputs, said) => {
  await repository.runs(caller(inputs), {
    files: { '.github/workflows/called.yml': called() },
    secrets: { KEY: 'the-key', UNNAMED: 'not-for-the-called' },
  })
  expect(logs()).toEqual(expect.arrayContaining(['key given, other [], unnamed []', said]))
})

it('fails the call whose expression comes to another type, with the name of the input', async () => {
  const hub = await repository.runs(caller('{ service: api, count: "${{ \'three\' }}" }'), {
    files: { '.github/workflows/called.yml': called() },
    secrets: { KEY: 'the-key' },
  })
  expect(hub.runs()[0]?.conclusion).toBe('failure')
  expect(repository.events()).toContainEqual(
    expect.objectContaining({
      type: 'annotation',
      job: 'call',
      message: 'input count expects a number, found "three"',
    }),
  )
})

it('skips what needs a call of which a job failed', async () => {
  const hub = await repository.runs(caller('{ service: api }'), {
    files: { '.github/workflows/called.yml': called('env: { X: "${{ fromJSON(\'no json\') }}" }') },
    secrets: { KEY: 'the-key' },
  })
  expect(hub.runs()[0]?.conclusion).toBe('failure')
  expect(repository.checks()).toEqual({ 'call / say': 'failure', after: 'skipped' })
})
