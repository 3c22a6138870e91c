import { describe, expect, it } from 'vitest'

import { parseUpOptions } from '../src/up.ts'

describe('sluice up', () => {
  it.each([
    [[], { port: 4566, speed: 1, runtime: 'auto' }],
    [
      ['--port', '0', '--speed', '0.5', '--runtime', 'process', '--state', 'here'],
      { port: 0, speed: 0.5, state: 'here' },
    ],
  ])('takes %j', (args, options) => {
    expect(parseUpOptions(args)).toMatchObject(options)
  })

  it.each<[args: readonly string[], problems: readonly string[]]>([
    [['--port', '65536'], ['--port: expected a whole number from 0 to 65535, found "65536"']],
    [
      ['--port', 'x', '--speed', '0', '--runtime', 'vm'],
      ['--port:', '--speed:', '--runtime: expected auto, docker, process'],
    ],
    [['--nope'], ["Unknown option '--nope'"]],
  ])('refuses %j, all problems at once', (args, problems) => {
    for (const problem of problems) expect(() => parseUpOptions(args)).toThrow(problem)
  })
})
