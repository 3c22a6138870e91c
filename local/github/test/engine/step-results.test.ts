import { describe, expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'

const repository = localRepository()
const { logs, conclusions, events } = repository

const job = (...steps: string[]) =>
  `{ on: workflow_dispatch, env: { LEVEL: workflow }, jobs: { a: { runs-on: ubuntu-24.04, env: { LEVEL: job }, steps: [${steps.join(', ')}] } } }`
const run = (script: string, rest = '') => `{ run: '${script}', shell: bash${rest} }`
const summaries = () => events().flatMap((event) => (event.type === 'summary' ? [event.markdown.length] : []))

describe("a step's summary", () => {
  it.each([
    [1024 * 1024, 'is kept at 1 MiB', [1024 * 1024]],
    [1024 * 1024 + 1, 'is dropped above, with an error that says so, and the step goes on', []],
  ])('of %i bytes %s', async (bytes, _, kept) => {
    await repository.runs(job(run(`head -c ${bytes} /dev/zero | tr "\\0" x > "$GITHUB_STEP_SUMMARY"`)))
    expect(summaries()).toEqual(kept)
    expect(conclusions()).toEqual({ a: 'success' })
    const told = events().some(
      (event) => event.type === 'annotation' && /upload aborted.*1024k, got 1025k/.test(event.message),
    )
    expect(told).toBe(kept.length === 0)
  })

  it('counts for each step by itself', async () => {
    await repository.runs(
      job(...[1, 2].map(() => run('head -c 700000 /dev/zero | tr "\\0" x > "$GITHUB_STEP_SUMMARY"'))),
    )
    expect(summaries()).toEqual([700_000, 700_000])
  })
})

describe("a step's environment", () => {
  it.each([
    ['the job over the workflow', [run('echo "SEEN $LEVEL"')], 'SEEN job'],
    ['what a step before set', [run('echo LEVEL=before >> "$GITHUB_ENV"'), run('echo "SEEN $LEVEL"')], 'SEEN before'],
    [
      'the step over what one before set',
      [run('echo LEVEL=before >> "$GITHUB_ENV"'), run('echo "SEEN $LEVEL"', ', env: { LEVEL: step }')],
      'SEEN step',
    ],
    [
      "the runner's own over all",
      [run('echo GITHUB_REF=mine >> "$GITHUB_ENV"'), run('echo "SEEN $GITHUB_REF"', ', env: { GITHUB_REF: mine }')],
      'SEEN refs/heads/main',
    ],
    [
      'a path that was added before the others',
      [run('echo /added >> "$GITHUB_PATH"'), run('echo "SEEN ${PATH%%:*}"')],
      'SEEN /added',
    ],
  ])('has %s', async (_, steps, seen) => {
    await repository.runs(job(...steps))
    expect(logs()).toContain(seen)
  })

  it('refuses NODE_OPTIONS for the steps after', async () => {
    await repository.runs(job(run('echo NODE_OPTIONS=--require=x >> "$GITHUB_ENV"')))
    expect(conclusions()).toEqual({ a: 'failure' })
    expect(events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', message: expect.stringContaining("Can't store NODE_OPTIONS") }),
    )
  })
})

it('names a working directory that is not there', async () => {
  await repository.runs(job(run('echo', ', working-directory: none')))
  expect(events()).toContainEqual(
    expect.objectContaining({ type: 'annotation', message: expect.stringMatching(/working-directory: .*none/) }),
  )
})

it('keeps the outcome apart from the conclusion of a step that may fail', async () => {
  await repository.runs(
    job(
      run('exit 1', ', id: may, continue-on-error: true'),
      run('echo "${{ steps.may.outcome }} ${{ steps.may.conclusion }}"'),
    ),
  )
  expect(logs()).toContain('failure success')
  expect(conclusions()).toEqual({ a: 'success' })
})

it('hides every line of a secret of many lines, and keeps outputs that carry it within the job', async () => {
  await repository.runs(
    `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    outputs: { leaked: "\${{ steps.say.outputs.leaked }}", fine: "\${{ steps.say.outputs.fine }}" }
    steps:
      - id: say
        run: |
          echo "$KEY" | tail -1
          echo "leaked=$(echo "$KEY" | tail -1)" >> "$GITHUB_OUTPUT"
          echo "fine=yes" >> "$GITHUB_OUTPUT"
        shell: bash
        env: { KEY: "\${{ secrets.KEY }}" }
  b:
    needs: a
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo "leaked [$LEAKED] fine [$FINE]"', shell: bash, env: { LEAKED: "\${{ needs.a.outputs.leaked }}", FINE: "\${{ needs.a.outputs.fine }}" } }]
`,
    { secrets: { KEY: 'first-line\nsecond-line' } },
  )
  expect(logs()).toEqual(expect.arrayContaining(['***', 'leaked [] fine [yes]']))
  expect(logs().join('\n')).not.toContain('second-line')
})
