import { describe, expect, it } from 'vitest'
import { localRepository, thirdParty } from './local-repository.ts'

const { checkout, upload, download } = thirdParty
const { start: gitHubOf, commit, events, logs, conclusions } = localRepository()

describe('the local GitHub', () => {
  it('runs jobs as their needs allow, hands outputs on, expands matrices and calls reusable workflows', async () => {
    const hub = await gitHubOf({
      '.github/workflows/main.yml': `
on: { workflow_dispatch: { inputs: { who: { type: string, default: you } } } }
permissions: {}
jobs:
  list:
    runs-on: ubuntu-24.04
    outputs: { names: "\${{ steps.list.outputs.names }}" }
    steps:
      - uses: ${checkout}
      - id: list
        run: |
          test -f README.md
          echo 'names=["a","b"]' >> "$GITHUB_OUTPUT"
        shell: bash
  each:
    needs: list
    strategy: { matrix: { name: "\${{ fromJSON(needs.list.outputs.names) }}" } }
    name: each \${{ matrix.name }}
    uses: $/.github/workflows/called.yml
    with: { name: "\${{ matrix.name }} for \${{ inputs.who }}" }
  broken:
    runs-on: ubuntu-24.04
    steps:
      - run: exit 3
        shell: bash
  after:
    needs: [broken, each]
    if: \${{ always() && needs.broken.result == 'failure' }}
    runs-on: ubuntu-24.04
    steps:
      - run: echo "broken was $RESULT"
        shell: bash
        env: { RESULT: "\${{ case(needs.broken.result == 'failure', 'seen', 'missed') }}" }
  skipped:
    needs: broken
    runs-on: ubuntu-24.04
    steps: [{ run: echo never, shell: bash }]
`,
      '.github/workflows/called.yml': `
on: { workflow_call: { inputs: { name: { type: string, required: true } } } }
jobs:
  greet:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "hello $NAME, it's a 'quoted' one"
        shell: bash
        env: { NAME: "\${{ inputs.name }}" }
`,
    })
    await hub.dispatch('ann', 'main.yml', 'main', { who: 'me' })
    await hub.settled()
    expect(logs()).toContain("hello a for me, it's a 'quoted' one")
    expect(logs()).toContain("hello b for me, it's a 'quoted' one")
    expect(logs()).toContain('broken was seen')
    expect(conclusions()).toMatchObject({
      list: 'success',
      'each a / greet': 'success',
      broken: 'failure',
      after: 'success',
    })
    expect(conclusions()).not.toHaveProperty('skipped')
  })

  it('runs an own action with inputs, defaults, outputs, masks, summary, annotations and a post step', async () => {
    const hub = await gitHubOf({
      'actions/greet/action.yml': `
name: greet
description: Greets.
inputs: { who: { required: true }, token: { default: "\${{ github.token }}" } }
runs: { using: node24, main: main.mjs, post: post.mjs }
`,
      'actions/greet/main.mjs': `import { appendFileSync } from 'node:fs'
console.log('::add-mask::hush-hush')
console.log('who ' + process.env.INPUT_WHO + ' hush-hush ' + (process.env.INPUT_TOKEN.length > 10))
console.log('::error title=Careful,file=a.ts,line=3::100%25 wrong%0Areally')
appendFileSync(process.env.GITHUB_OUTPUT, 'answer<<END\\ntwo\\nlines\\nEND\\n')
appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# done')
appendFileSync(process.env.GITHUB_STATE, 'left=behind')`,
      'actions/greet/post.mjs': "console.log('post ' + process.env.STATE_left)",
      '.github/workflows/main.yml': `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - { uses: $/actions/greet, id: greet, with: { who: world } }
      - { run: 'echo "$A" > answer.txt', shell: bash, env: { A: "\${{ steps.greet.outputs.answer }}" } }
      - { uses: ${upload}, with: { name: it, path: answer.txt } }
  b:
    needs: a
    runs-on: ubuntu-24.04
    steps:
      - { uses: ${download}, with: { name: it, path: got } }
      - { run: cat got/answer.txt, shell: bash }
`,
    })
    await hub.dispatch('ann', 'main.yml', 'main', {})
    await hub.settled()
    expect(conclusions()).toEqual({ a: 'success', b: 'success' })
    expect(logs()).toEqual(expect.arrayContaining(['who world *** true', 'post behind', 'two', 'lines']))
    expect(events()).toContainEqual(
      expect.objectContaining({ type: 'annotation', title: 'Careful', line: '3', message: '100% wrong\nreally' }),
    )
    expect(events()).toContainEqual(expect.objectContaining({ type: 'summary', markdown: '# done' }))
  })

  it('waits for a reviewer who did not start the run', async () => {
    const hub = await gitHubOf({
      '.github/workflows/main.yml': `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    environment: { name: prod, deployment: false }
    steps: [{ run: echo deployed, shell: bash }]
`,
    })
    const { id } = await hub.dispatch('ann', 'main.yml', 'main', {})
    await hub.settled()
    await expect.poll(() => events().some(({ type }) => type === 'waiting-for-approval')).toBe(true)
    expect(() => hub.approve('ann', id, 'prod', '')).toThrow(/started run/)
    expect(() => hub.approve('eve', id, 'prod', '')).toThrow(/no reviewer/)
    hub.approve('bob', id, 'prod', 'fine')
    await hub.settled()
    expect(logs()).toContain('deployed')
  })

  it('starts on a push what its paths ask for, and runs one of a group at a time', async () => {
    const job = (name: string) =>
      `{ runs-on: ubuntu-24.04, steps: [{ run: 'echo ${name}; sleep 0.2; echo ${name} ended', shell: bash }] }`
    const hub = await gitHubOf({
      '.github/workflows/code.yml': `{ on: { push: { branches: [main], paths-ignore: ["docs/**"] } }, concurrency: { group: g, queue: max }, jobs: { a: ${job('code')} } }`,
      '.github/workflows/docs.yml': `{ on: { push: { branches: [main], paths: ["docs/**"] } }, jobs: { a: ${job('docs')} } }`,
    })
    const pushed = async (path: string) =>
      (await hub.push('ann', 'main', commit({ [path]: 'x' }))).map(({ workflow }) => workflow)
    expect(await pushed('docs/a.md')).toEqual(['.github/workflows/docs.yml'])
    expect(await pushed('src/a.ts')).toEqual(['.github/workflows/code.yml'])
    expect(await pushed('src/b.ts')).toEqual(['.github/workflows/code.yml'])
    await hub.settled()
    expect(logs().filter((line) => line.startsWith('code'))).toEqual(['code', 'code ended', 'code', 'code ended'])
  })

  it.each([
    ['an action without a stand-in', '{ uses: someone/else@0123456789012345678901234567890123456789 }', 'someone/else'],
    ['an input that the stand-in does not know', `{ uses: ${checkout}, with: { lfs: true } }`, 'no input lfs'],
    ['a key that the runner does not know', '{ run: echo, shell: bash, background: true }', 'key background'],
    ['an own action that does not exist', '{ uses: $/actions/none }', 'does not exist'],
  ])('refuses %s by name before anything runs', async (_, step, message) => {
    const hub = await gitHubOf({
      '.github/workflows/main.yml': `{ on: workflow_dispatch, jobs: { a: { runs-on: ubuntu-24.04, steps: [${step}] } } }`,
    })
    await expect(hub.dispatch('ann', 'main.yml', 'main', {})).rejects.toThrow(message)
    expect(events()).toEqual([])
  })

  it('gives a job that may have one an OIDC token for its environment, and refuses what its token may not do', async () => {
    const hub = await gitHubOf({
      '.github/workflows/main.yml': `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    permissions: { id-token: write }
    steps:
      - run: |
          node -e 'fetch(process.env.ACTIONS_ID_TOKEN_REQUEST_URL + "&audience=sts.amazonaws.com", { headers: { authorization: "Bearer " + process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN } }).then(r => r.json()).then(({ value }) => console.log("claims " + Buffer.from(value.split(".")[1], "base64url")))'
          node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/sluice/contents/README.md", { headers: { authorization: "Bearer " + process.env.TOKEN } }).then(r => console.log("contents " + r.status))'
        shell: bash
        env: { TOKEN: "\${{ github.token }}" }
`,
    })
    await hub.dispatch('ann', 'main.yml', 'main', {})
    await hub.settled()
    const claims = JSON.parse(
      logs()
        .find((line) => line.startsWith('claims '))
        ?.slice(7) ?? '{}',
    ) as Record<string, string>
    expect(claims).toMatchObject({
      iss: hub.oidc.issuer,
      aud: 'sts.amazonaws.com',
      sub: 'repo:acme@1/sluice@2:ref:refs/heads/main',
      repository_id: '2',
    })
    expect(logs()).toContain('contents 403')
  })

  it('runs after a cancellation the jobs that ask for it, and lists every job as a check of the commit', async () => {
    const hub = await gitHubOf({
      '.github/workflows/main.yml': `
on: workflow_dispatch
jobs:
  slow: { runs-on: ubuntu-24.04, steps: [{ run: 'echo began; sleep 60', shell: bash }] }
  next: { needs: slow, runs-on: ubuntu-24.04, steps: [{ run: echo never, shell: bash }] }
  record:
    needs: slow
    if: \${{ always() }}
    runs-on: ubuntu-24.04
    permissions: { checks: read }
    steps:
      - run: |
          echo "recorded \${{ needs.slow.result }}"
          node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/sluice/commits/main/check-runs", { headers: { authorization: "Bearer " + process.env.TOKEN } }).then(r => r.json()).then(b => console.log("checks " + b.check_runs.map(c => [c.name, c.status, c.conclusion].join(" ")).sort().join(", ")))'
        shell: bash
        env: { TOKEN: "\${{ github.token }}" }
`,
    })
    const { id } = await hub.dispatch('ann', 'main.yml', 'main', {})
    await expect.poll(() => logs().includes('began')).toBe(true)
    hub.cancel(id)
    await hub.settled()
    expect(conclusions()).toEqual({ slow: 'cancelled', record: 'success' })
    expect(logs()).toContain('recorded cancelled')
    expect(logs()).toContain('checks next completed cancelled, record in_progress , slow completed cancelled')
    expect(hub.runs()[0]?.conclusion).toBe('cancelled')
  })
})
