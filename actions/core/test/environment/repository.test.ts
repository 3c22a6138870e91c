import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDesiredState } from '../../src/environment/read.ts'

it("reads this repository's own environments without a violation", () => {
  const root = join(import.meta.dirname, '../../../../environments')
  const files = new Map(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.yaml'))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  )
  const state = parseDesiredState(files)
  expect(Object.keys(state.environments)).toEqual(['dev', 'prod', 'stage'])
  expect(state.environments['prod']?.services['registry']?.rollout.strategy).toBe('LINEAR')
})
