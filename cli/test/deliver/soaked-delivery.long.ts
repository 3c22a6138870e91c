import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cloneOfHead, expectDelivered, type Clone } from './deliver-clone.ts'

describe('an automatic promotion that has to soak', () => {
  let clone: Clone
  beforeEach(() => {
    clone = cloneOfHead()
  })
  afterEach(() => clone.remove())

  it(
    'is merged by promote-due.yml when its time has come, and the delivery goes on',
    { timeout: 900_000 },
    async () => {
      appendFileSync(join(clone.checkout, 'local/overlay/stage/environment.yaml'), 'promotion: { soak: 6s }\n')
      const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@localhost']
      execFileSync('git', [...identity, 'commit', '--quiet', '--all', '--message', 'feat(local): soak before stage'], {
        cwd: clone.checkout,
      })
      const delivered = await clone.deliver()
      expectDelivered(delivered)
      const lines = delivered.output.split('\n')
      const told = [
        /pull request 2 opened: promote\(stage\)/,
        /ok +promote what waited: List the promotions/,
        /pull request 2 merged by github-actions\[bot\]/,
        /pull request 3 opened: promote\(prod\)/,
      ].map((event) => lines.findIndex((line) => event.test(line)))
      expect(told, delivered.output).not.toContain(-1)
      expect(told).toEqual(told.toSorted((a, b) => a - b))
    },
  )
})
