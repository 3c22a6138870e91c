import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { githubProblems } from '../../src/workflow/github-parser.ts'

const folder = join(import.meta.dirname, '../../../../.github/workflows')
const job = (rest: string) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n${rest}`

describe("GitHub's own parser", () => {
  it.each(readdirSync(folder))('takes %s of this repository', async (file) => {
    expect(await githubProblems(file, readFileSync(join(folder, file), 'utf8'))).toEqual([])
  })

  it.each([
    [
      'an unknown context',
      job('    steps:\n      - run: echo ${{ nothing.x }}\n'),
      /Unrecognized named-value: 'nothing'/,
      6,
    ],
    ['an unknown key', job('    steps:\n      - run: echo\n        bla: 3\n'), /Unexpected value 'bla'/, 7],
  ])('refuses %s with its line', async (_, text, message, line) => {
    const [problem] = await githubProblems('x.yml', text)
    expect(problem?.message).toMatch(message)
    expect(problem?.location).toMatchObject({ file: 'x.yml', line })
  })
})
