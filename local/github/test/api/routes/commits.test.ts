import { expect, it } from 'vitest'
import { localRepository } from '../../local-repository.ts'

const repository = localRepository()

/** What `GET /commits` answers, asked by a job with its own token; for each query status, link and commits. */
async function ask(...queries: ReadonlyArray<(ids: ReadonlyMap<string, string>) => Record<string, string>>) {
  const ids = new Map<string, string>()
  const script = `
const answers = []
for (const query of JSON.parse(process.env.QUERIES)) {
  const url = process.env.GITHUB_API_URL + '/repos/acme/sluice/commits?' + new URLSearchParams(query)
  const response = await fetch(url, { headers: { authorization: 'Bearer ' + process.env.TOKEN } })
  const body = await response.json()
  answers.push({ status: response.status, link: response.headers.get('link'), body })
}
console.log('answers ' + JSON.stringify(answers))`
  const hub = await repository.start({
    'ask.mjs': script,
    '.github/workflows/main.yml': `
on: { workflow_dispatch: { inputs: { queries: { type: string } } } }
permissions: { contents: read }
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - { run: node ask.mjs, shell: bash, env: { QUERIES: "\${{ inputs.queries }}", TOKEN: "\${{ github.token }}" } }
`,
  })
  const made: Array<[string, Record<string, string>]> = [
    ['one', { 'environments/prod/registry.yaml': '1' }],
    ['code', { 'app/main.ts': '1' }],
    ['two', { 'environments/prod/environment.yaml': '2' }],
    ['star', { 'environments/dev/a*.yaml': '3', 'environments/dev/ab.yaml': '3' }],
    ['three', { 'environments/prod/registry.yaml': '3', 'app/main.ts': '2' }],
    ['ab', { 'environments/dev/ab.yaml': '4' }],
  ]
  for (const [name, files] of made) {
    const head = repository.commit(files)
    ids.set(name, head.commit)
    await hub.push('ann', 'main', head)
  }
  await hub.dispatch('ann', 'main.yml', 'main', { queries: JSON.stringify(queries.map((query) => query(ids))) })
  await hub.settled()
  const line = repository.logs().find((one) => one.startsWith('answers '))
  const answers = JSON.parse(line?.slice('answers '.length) ?? 'null') as Array<{
    status: number
    link: string | null
    body: Array<{ sha: string }>
  }>
  const nameOf = new Map([...ids].map(([name, id]) => [id, name]))
  return answers.map(({ status, link, body }) => ({
    status,
    link,
    body,
    names: Array.isArray(body) ? body.map(({ sha }) => nameOf.get(sha) ?? 'first') : [],
  }))
}

it('lists the commits on the way to one that touched a file or a folder, newest first, in the shape of GitHub', async () => {
  const [folder, file, earlier, star, all, span, unknown, foreign] = await ask(
    () => ({ path: 'environments/prod' }),
    () => ({ path: 'environments/prod/registry.yaml' }),
    (ids) => ({ path: 'environments/prod', sha: ids.get('two') ?? '' }),
    () => ({ path: 'environments/dev/a*.yaml' }),
    () => ({}),
    () => ({ path: 'environments/prod', until: '2001-01-01T00:00:00Z' }),
    () => ({ sha: 'f'.repeat(40) }),
    () => ({ author: 'ann' }),
  )
  expect(folder?.names).toEqual(['three', 'two', 'one'])
  expect(file?.names).toEqual(['three', 'one'])
  expect(earlier?.names).toEqual(['two', 'one'])
  expect(star?.names).toEqual(['star'])
  expect(all?.names).toEqual(['ab', 'three', 'star', 'two', 'code', 'one', 'first'])
  expect(span).toMatchObject({ status: 200, names: [], link: null })
  expect(unknown?.status).toBe(404)
  expect(foreign).toMatchObject({ status: 501, body: { message: expect.stringContaining('by author') } })
  expect(file?.body[1]).toMatchObject({
    commit: {
      message: 'environments/prod/registry.yaml',
      author: { name: 'ann', email: 'ann@example.com', date: expect.stringMatching(/^\d{4}-.*Z$/) },
      committer: { name: 'ann' },
    },
    author: null,
    committer: null,
    parents: [{ sha: expect.any(String) }],
  })
})

it('gives page by page, and names the pages around each as GitHub does', async () => {
  const [first, second, last, beyond] = await ask(
    ...['1', '2', '3', '4'].map((page) => () => ({ path: 'environments', per_page: '2', page })),
  )
  expect(first?.names).toEqual(['ab', 'three'])
  expect(first?.link).toMatch(/page=2>; rel="next", <http:.*\/repos\/acme\/sluice\/commits\?.*page=3>; rel="last"$/)
  expect(second?.names).toEqual(['star', 'two'])
  expect(second?.link).toMatch(/page=1>; rel="prev".*page=3>; rel="next".*rel="last".*page=1>; rel="first"$/)
  expect(last?.names).toEqual(['one'])
  expect(last?.link).not.toContain('rel="next"')
  expect(beyond).toMatchObject({ status: 200, names: [] })
})
