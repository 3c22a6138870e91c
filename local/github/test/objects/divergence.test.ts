import { describe, expect, it } from 'vitest'
import { parseCommit } from '../../src/objects/commit.ts'
import { findDivergence } from '../../src/objects/divergence.ts'
import { createObjectReader } from '../../src/objects/object-reader.ts'
import { bareRepository, randomNumbers } from './bare-repository.ts'

const repository = bareRepository()

/** Commits with up to two parents each, among them several roots. Gives their ids. */
function makeHistory(random: () => number, count: number, secondsApart: () => number): string[] {
  let seconds = 1_700_000_000
  const stream = Array.from({ length: count }, (_, index) => {
    seconds += secondsApart()
    const parents = index === 0 || random() < 0.03 ? [] : random() < 0.3 ? [near(index), near(index)] : [near(index)]
    const [first, second] = [...new Set(parents)]
    return [
      `commit refs/heads/c${index}`,
      `mark :${index + 1}`,
      `committer ann <ann@example.com> ${seconds} +0000`,
      'data 1',
      'm',
      ...(first == null ? [] : [`from :${first + 1}`]),
      ...(second == null ? [] : [`merge :${second + 1}`]),
      '',
    ].join('\n')
  })
  function near(index: number): number {
    return Math.max(0, index - 1 - Math.floor(random() ** 2 * 8))
  }
  repository.git(['fast-import', '--quiet'], stream.join('\n'))
  return repository.git(['for-each-ref', '--sort=version:refname', '--format=%(objectname)', 'refs/heads/']).split('\n')
}

describe('how two commits relate', () => {
  it.each([
    ['each later than the one before', 1, () => 60],
    ['many of the same second', 2, (random: () => number) => Math.floor(random() * 2)],
    ['all of the same second', 3, () => 0],
  ])('is what git says, of random histories with commits %s', async (_, seed, apart) => {
    const random = randomNumbers(seed)
    const commits = makeHistory(random, 60, () => apart(random))
    const reader = createObjectReader(repository.folder())
    const read = async (id: string) => parseCommit(id, (await reader.read(id))?.content ?? Buffer.alloc(0))
    const pick = () => commits[Math.floor(random() * commits.length)] ?? ''
    for (let pair = 0; pair < 60; pair += 1) {
      const [base, head] = [pick(), pick()]
      const { behind, ahead, parted } = await findDivergence(read, base, head)
      const sides = repository.git(['rev-list', '--left-right', `${base}...${head}`]).split('\n')
      const only = (side: string) => sides.filter((line) => line.startsWith(side)).map((line) => line.slice(1))
      expect(behind.map(({ id }) => id).sort()).toStrictEqual(only('<').sort())
      expect(ahead.map(({ id }) => id).sort()).toStrictEqual(only('>').sort())
      // Of several that are as good, git gives any first.
      expect(parted == null ? [undefined] : bases(base, head)).toContain(parted)
      expect(parted == null).toBe(bases(base, head).length === 0)
    }
    reader.close()
  })

  it('is read no further than where both are one', async () => {
    const commits = makeHistory(
      () => 0.5,
      50,
      () => 60,
    )
    const reader = createObjectReader(repository.folder())
    const asked: string[] = []
    const read = async (id: string) => {
      asked.push(id)
      return parseCommit(id, (await reader.read(id))?.content ?? Buffer.alloc(0))
    }
    const head = commits.at(-1) ?? ''
    const { ahead } = await findDivergence(read, repository.git(['rev-parse', `${head}^`]), head)
    expect(ahead.map(({ id }) => id)).toStrictEqual([head])
    expect(asked.length).toBeLessThan(6)
    reader.close()
  })
})

/** All best common ancestors. */
function bases(base: string, head: string): string[] {
  try {
    return repository.git(['merge-base', '--all', base, head]).split('\n')
  } catch {
    return []
  }
}
