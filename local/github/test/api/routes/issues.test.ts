import { expect, it } from 'vitest'
import { localRepository } from '../../local-repository.ts'

const repository = localRepository()

const script = `
const ask = async (method, path, body) => {
  const headers = { authorization: 'Bearer ' + process.env.TOKEN }
  const url = process.env.GITHUB_API_URL + '/repos/acme/sluice' + path
  const response = await fetch(url, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  const answer = await response.json()
  console.log('said ' + JSON.stringify([response.status, answer.number ?? answer.length ?? null, answer.state, answer.title, answer.comments]))
  return answer
}
const { number } = await ask('POST', '/issues', { title: 'drift of prod', body: 'a listener' })
await ask('PATCH', '/issues/' + number, { body: 'two listeners' })
await ask('GET', '/issues?state=open')
await ask('POST', '/issues/' + number + '/comments', { body: 'gone' })
await ask('PATCH', '/issues/' + number, { state: 'closed', state_reason: 'completed' })
await ask('GET', '/issues?state=open')
await ask('PATCH', '/issues/1', { state: 'closed' })
`

const run = async (permission: string) => {
  const hub = await repository.start({
    'ask.mjs': script,
    '.github/workflows/main.yml': `
on: workflow_dispatch
permissions: { contents: read, issues: ${permission} }
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - { run: node ask.mjs, shell: bash, env: { TOKEN: "\${{ github.token }}" } }
`,
  })
  await hub.dispatch('ann', 'main.yml', 'main', {})
  await hub.settled()
  const said = repository.logs().filter((line) => line.startsWith('said '))
  return said.map((line) => JSON.parse(line.slice('said '.length)) as unknown[])
}

it('keeps issues from their opening to their closing, for a job that may write them', async () => {
  const number = expect.any(Number) as unknown
  expect(await run('write')).toEqual([
    [201, number, 'open', 'drift of prod', 0],
    [200, number, 'open', 'drift of prod', 0],
    [200, 1, null, null, null],
    [201, null, null, null, null],
    [200, number, 'closed', 'drift of prod', 1],
    [200, 0, null, null, null],
    [404, null, null, null, null],
  ])
})

it('opens none for a job that may only read them', async () => {
  const said = await run('read')
  expect(said[0]).toEqual([403, null, null, null, null])
  expect(said[2]).toEqual([200, 0, null, null, null])
})
