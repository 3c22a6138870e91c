import { expect, it } from 'vitest'
import { localRepository } from '../../local-repository.ts'

const repository = localRepository()

const open = (head: string) =>
  `node -e 'fetch(process.env.GITHUB_API_URL + "/repos/acme/sluice/pulls", { method: "POST", body: JSON.stringify({ title: "ours", head: "${head}", base: "main" }), headers: { authorization: "Bearer " + process.env.TOKEN } }).then(r => console.log("opened " + r.status))'`

it('opens one pull request a branch, whatever the branch of a fork is called', async () => {
  const hub = await repository.start({
    '.github/workflows/main.yml': `
on: workflow_dispatch
permissions: { contents: read, pull-requests: write }
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: |
          ${open('change')}
          ${open('change')}
        shell: bash
        env: { TOKEN: "\${{ github.token }}" }
`,
  })
  const change = repository.commit({ a: '' })
  await hub.push('ann', 'change', change)
  await hub.pulls.open('eve', { title: 'theirs', head: 'change', base: 'main', fork: { owner: 'eve', ...change } })
  await hub.dispatch('ann', 'main.yml', 'main', {})
  await hub.settled()
  expect(repository.logs().filter((line) => line.startsWith('opened'))).toEqual(['opened 201', 'opened 422'])
  expect(hub.pulls.list().map(({ title, fork }) => [title, fork])).toEqual([
    ['theirs', 'eve'],
    ['ours', undefined],
  ])
})
