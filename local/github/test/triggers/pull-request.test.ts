import { describe, expect, it } from 'vitest'
import { localRepository, thirdParty } from '../local-repository.ts'

const repository = localRepository()
const { events, logs, commit, git } = repository

const say = (text: string) => `{ runs-on: ubuntu-24.04, steps: [{ run: 'echo ${text}', shell: bash }] }`
/** Asks the API for a path with the job's token, and says the status. */
const ask = (name: string, path: string, options = '{}') =>
  `node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/sluice${path}", { ...${options}, headers: { authorization: "Bearer " + process.env.TOKEN } }).then(r => console.log("${name} " + r.status))'`

const pr = `
name: pr
run-name: "pr: \${{ github.event.pull_request.title }}"
on: pull_request
jobs:
  judge:
    runs-on: ubuntu-24.04
    steps:
      - uses: ${thirdParty.checkout}
      - run: |
          echo "ref $GITHUB_REF $GITHUB_REF_NAME $GITHUB_HEAD_REF $GITHUB_BASE_REF"
          echo "files $(ls -x a b)"
          echo "event \${{ github.event.action }} \${{ github.event.number }} \${{ github.event.pull_request.head.sha }}"
          test "$(git rev-parse HEAD)" = "$GITHUB_SHA" && echo checked out
        shell: bash
`

describe('a pull request', () => {
  it('runs its workflows on the merge of head and base, and shows their jobs as checks of its head', async () => {
    const hub = await repository.start({ '.github/workflows/pr.yml': pr })
    const { commit: first } = commit({ a: '' })
    git('checkout', '-q', '-b', 'change', `${first}^`)
    const change = commit({ b: '' }, 'change')
    await hub.push('ann', 'main', { ...change, commit: first })
    await hub.push('ann', 'change', change)
    await hub.pulls.open('ann', { title: 'Add b', head: 'change', base: 'main' })
    await hub.settled()
    expect(logs()).toEqual(
      expect.arrayContaining([
        'ref refs/pull/1/merge 1/merge change main',
        'files a  b',
        `event opened 1 ${change.commit}`,
        'checked out',
      ]),
    )
    expect(hub.checks()).toMatchObject([{ name: 'judge', sha: change.commit, conclusion: 'success' }])
    expect(hub.runs().map(({ info }) => info.name)).toEqual(['pr: Add b'])
  })

  it('runs again when its branch moves, in place of the run before', async () => {
    const hub = await repository.start({
      '.github/workflows/pr.yml': `
on: pull_request
concurrency: { group: "pr-\${{ github.event.pull_request.number }}", cancel-in-progress: true }
jobs: { judge: { runs-on: ubuntu-24.04, steps: [{ run: 'echo "\${{ github.event.action }}"; test -f c || sleep 60', shell: bash }, { run: echo ended, shell: bash }] } }
`.replace('steps: [', `steps: [{ uses: ${thirdParty.checkout} }, `),
    })
    await hub.push('ann', 'change', commit({ b: '' }, 'change'))
    await hub.pulls.open('ann', { title: 'Change', head: 'change', base: 'main' })
    await expect.poll(logs).toContain('opened')
    await hub.push('ann', 'change', commit({ c: '' }, 'change'))
    await hub.settled()
    expect(hub.runs().map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'success'])
    expect(logs().filter((line) => ['opened', 'synchronize', 'ended'].includes(line))).toEqual([
      'opened',
      'synchronize',
      'ended',
    ])
  })

  it.each([
    ['of its base', '{ branches: [main] }', true],
    ['of another base', '{ branches: ["release/**"] }', false],
    ['of its files', '{ paths: ["src/**"] }', true],
    ['of files that only main has changed', '{ paths: ["docs/**"] }', false],
    ['of other types', '{ types: [synchronize] }', false],
  ])('starts what asks for it by filters: %s', async (_, filter, isStarted) => {
    const hub = await repository.start({
      '.github/workflows/pr.yml': `{ on: { pull_request: ${filter} }, jobs: { a: ${say('ran')} } }`,
    })
    const { commit: onMain } = commit({ 'docs/a': '' })
    git('checkout', '-q', '-b', 'change', `${onMain}^`)
    const change = commit({ 'src/b': '' }, 'change')
    await hub.push('ann', 'main', { ...change, commit: onMain })
    await hub.push('ann', 'change', change)
    await hub.pulls.open('ann', { title: 'Change', head: 'change', base: 'main' })
    await hub.settled()
    expect(logs().includes('ran')).toBe(isStarted)
  })

  it('refuses a type that the local runner does not start, by name', async () => {
    const hub = await repository.start({
      '.github/workflows/pr.yml': `{ on: { pull_request: { types: [labeled] } }, jobs: { a: ${say('ran')} } }`,
    })
    await expect(hub.push('ann', 'main', commit({ a: '' }))).rejects.toThrow('the type labeled is not supported')
  })
})

describe('whoever opens it', () => {
  const trusting = `
on: pull_request
permissions: { contents: write, id-token: write, checks: read }
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          echo "secret [$SECRET] oidc [\${ACTIONS_ID_TOKEN_REQUEST_URL:+offered}]"
          ${ask('read', '/contents/README.md')}
          ${ask('write', '/git/refs', '{ method: "POST", body: JSON.stringify({ ref: "refs/heads/x", sha: process.env.GITHUB_SHA }) }')}
        shell: bash
        env: { TOKEN: "\${{ github.token }}", SECRET: "\${{ secrets.DEPLOY_KEY }}" }
`
  it.each([
    ['a branch of the repository', 'ann', false, ['secret [***] oidc [offered]', 'read 200', 'write 201']],
    ['a fork', 'eve', true, ['secret [] oidc []', 'read 200', 'write 403']],
    ['Dependabot', 'dependabot[bot]', false, ['secret [] oidc []', 'read 200', 'write 403']],
  ])('%s gets what GitHub would give it', async (_, user, isFork, said) => {
    const hub = await repository.start({ '.github/workflows/pr.yml': trusting }, { secrets: { DEPLOY_KEY: 'a-key' } })
    const change = commit({ b: '' }, 'change')
    if (!isFork) await hub.push('ann', 'change', change)
    await hub.pulls.open(user, {
      title: 'Change',
      head: 'change',
      base: 'main',
      ...(isFork ? { fork: { owner: 'eve', ...change } } : {}),
    })
    await hub.settled()
    expect(logs().filter((line) => !line.startsWith('##'))).toEqual(said)
  })

  it('may not name an environment that only main may deploy to', async () => {
    const hub = await repository.start(
      {
        '.github/workflows/pr.yml': `{ on: pull_request, jobs: { a: { environment: { name: prod, deployment: false }, ${say('ran').slice(1)} } }`,
      },
      { environments: { prod: { reviewers: [], preventSelfReview: false, branches: ['main'] } } },
    )
    await hub.push('ann', 'change', commit({ b: '' }, 'change'))
    await hub.pulls.open('ann', { title: 'Change', head: 'change', base: 'main' })
    await hub.settled()
    expect(hub.runs()[0]?.conclusion).toBe('failure')
    expect(events()).toContainEqual(
      expect.objectContaining({
        type: 'annotation',
        message: expect.stringContaining('is not allowed to deploy to prod'),
      }),
    )
  })
})

describe('what starts nothing is told, with the reason', () => {
  it('a pull request that conflicts with its base', async () => {
    const hub = await repository.start({ '.github/workflows/pr.yml': pr })
    const ours = commit({ 'README.md': 'ours' })
    git('checkout', '-q', '-b', 'change', `${ours.commit}^`)
    const change = commit({ 'README.md': 'theirs' }, 'change')
    await hub.push('ann', 'main', ours)
    await hub.push('ann', 'change', change)
    await hub.pulls.open('ann', { title: 'Change', head: 'change', base: 'main' })
    await hub.settled()
    expect(hub.runs()).toEqual([])
    expect(events()).toContainEqual({
      type: 'workflow-not-started',
      workflow: '.github/workflows/pr.yml',
      event: 'pull_request',
      subject: 'pull request 1',
      reason: 'it conflicts with main, so there is no merge commit to run on',
    })
  })

  it("a pull request that a job's own token opened and merged", async () => {
    const call = (method: string, path: string, body: object) =>
      ask(path.slice(1), path, `{ method: "${method}", body: ${JSON.stringify(JSON.stringify(body))} }`)
    const hub = await repository.runs(
      `
on: workflow_dispatch
jobs:
  open:
    runs-on: ubuntu-24.04
    permissions: { contents: write, pull-requests: write }
    steps:
      - run: |
          ${call('PUT', '/contents/b', { message: 'b', branch: 'change', content: '' })}
          ${call('POST', '/pulls', { title: 'Change', head: 'change', base: 'main' })}
          ${call('PUT', '/pulls/1/merge', {})}
        shell: bash
        env: { TOKEN: "\${{ github.token }}" }
`,
      {
        files: {
          '.github/workflows/pr.yml': pr,
          '.github/workflows/push.yml': `{ on: { push: { branches: [main] } }, jobs: { a: ${say('pushed')} } }`,
        },
        before: (hub) => hub.seed('change', { repository: hub.bareRepository, commit: 'main' }),
      },
    )
    expect(logs()).toEqual(expect.arrayContaining(['contents/b 201', 'pulls 201', 'pulls/1/merge 200']))
    expect(hub.runs()).toHaveLength(1)
    expect(
      events().flatMap((event) =>
        event.type === 'workflow-not-started' ? [[event.workflow, event.event, event.subject, event.reason]] : [],
      ),
    ).toEqual([
      [
        '.github/workflows/pr.yml',
        'pull_request',
        'pull request 1',
        "GitHub starts nothing for what a job's own token did",
      ],
      [
        '.github/workflows/push.yml',
        'push',
        'the push to main',
        "GitHub starts nothing for what a job's own token did",
      ],
    ])
  })
})
