import { expect, it } from 'vitest'
import { combineVerdicts } from '../src/verdict.ts'

it('gives the worst verdict and nothing else of what it was handed', () => {
  const runs = [
    { outcome: 'pass' as const, reason: 'a passed', name: 'a' },
    { outcome: 'fail' as const, reason: 'b failed', name: 'b' },
  ]
  expect(combineVerdicts(runs)).toEqual({ outcome: 'fail', reason: 'b failed' })
})
