import { expect, it } from 'vitest'
import { localRepository } from '../local-repository.ts'
import { isAlive } from '../is-alive.ts'

const repository = localRepository()

it('ends with a job what a step left in a session of its own, and says so; the step does not wait for it', async () => {
  // The process holds the step's output open: nothing but its end would close it. Until it has left the step's group it would end
  // with that.
  const workflow = `{ on: workflow_dispatch, jobs: { a: { runs-on: ubuntu-24.04, steps: [
    { id: one, run: 'setsid sleep 300 & echo "pid=$!" >> "$GITHUB_OUTPUT"; until grep -q sleep /proc/$!/comm; do sleep 0.05; done', shell: bash },
    { run: 'kill -0 \${{ steps.one.outputs.pid }} && echo "left \${{ steps.one.outputs.pid }}"', shell: bash }] } } }`
  // What a step's end waits for late output is shortened.
  const timeout = (milliseconds: number) => AbortSignal.timeout(milliseconds === 5000 ? 200 : milliseconds)
  await repository.runs(workflow, { timeout })
  expect(repository.conclusions()).toEqual({ a: 'success' })
  const pid = Number(/left (\d+)/.exec(repository.logs().join('\n'))?.[1])
  expect(pid).toBeGreaterThan(0)
  expect(repository.logs()).toContain(`Terminate orphan process: pid (${pid}) (sleep)`)
  await expect.poll(() => isAlive(pid)).toBe(false)
})
