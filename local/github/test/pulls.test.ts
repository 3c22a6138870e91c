import { expect, it } from 'vitest'
import { localRepository } from './local-repository.ts'

const repository = localRepository()

it('squashes as whoever opened the pull request: who merges has no hand in the change', async () => {
  const hub = await repository.start({}, { users: [{ login: 'ann', kind: 'user', emails: ['ann@example.com'] }] })
  await hub.push('ann', 'change', repository.commit({ a: '1' }, 'change'))
  const pull = await hub.pulls.open('ann', { title: 'Change', head: 'change', base: 'main' })
  const commit = await hub.pulls.merge('bob', pull.number)
  const work = repository.git('-C', hub.bareRepository, 'log', '-1', '--format=%an <%ae>, %cn: %s', commit)
  expect(work).toBe('ann <ann@example.com>, GitHub: Change (#1)')
})
