import { describe, expect, it } from 'vitest'
import { localRepository, thirdParty } from '../local-repository.ts'

const repository = localRepository()

/** Two jobs that check out as deep as asked and say what they can see, one after the other. */
const workflow = (depth: string) => `
on: workflow_dispatch
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - { uses: ${thirdParty.checkout}, with: { ${depth} } }
      - run: |
          echo "commits $(git rev-list --count HEAD)"
          git cat-file -e "$(cat first)" && echo "first commit here" || echo "first commit not here"
          echo "changes $(git status --porcelain | wc -l)"
        shell: bash
  b:
    runs-on: ubuntu-24.04
    needs: a
    steps:
      - { uses: ${thirdParty.checkout}, with: { ${depth} } }
      - run: git cat-file -e "$(cat first)" && echo "first commit here" || echo "first commit not here"
        shell: bash
`

describe('a checkout', () => {
  it.each([
    ['', 'commits 1', 'first commit not here'],
    ['fetch-depth: 1', 'commits 1', 'first commit not here'],
    ['fetch-depth: 2', 'commits 2', 'first commit not here'],
    ['fetch-depth: 0', 'commits 3', 'first commit here'],
  ])('with %j has history and objects as deep as asked, in every job', async (depth, commits, first) => {
    const hub = await repository.start({ '.github/workflows/main.yml': workflow(depth) })
    const { commit } = repository.commit({ second: '2' })
    const parent = repository.git('rev-parse', `${commit}^`)
    await hub.push('ann', 'main', repository.commit({ first: `${parent}\n` }))
    await hub.dispatch('ann', 'main.yml', 'main', {})
    await hub.settled()
    const said = repository.logs().filter((line) => /^(commits|first|changes)/.test(line))
    expect(said).toStrictEqual([commits, first, 'changes 0', first])
  })
})
