import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { untilInterrupted } from '../../src/deliver/until-interrupted.ts'

/** Some work that is waited for, on signals that the test sends; and what was told of it. */
function begin(work: Promise<{ exitCode: number; url: string }>, keep = false) {
  const signals = new EventEmitter()
  const told: string[] = []
  let asked: AbortSignal | undefined
  const ended = untilInterrupted({
    signals,
    work: (interrupt) => {
      asked = interrupt
      return work
    },
    keep,
    onKept: (url) => told.push(`kept ${url}`),
    onInterrupted: () => told.push('interrupted'),
  })
  return { signals, told, ended, asked: () => asked?.aborted, listeners: () => signals.listenerCount('SIGINT') }
}
const done = (exitCode: number) => Promise.resolve({ exitCode, url: 'http://here' })

it.each(['SIGINT', 'SIGTERM'])('ends at once on %s, whatever the work does', async (signal) => {
  const { signals, told, ended, asked, listeners } = begin(new Promise(() => undefined))
  signals.emit(signal)
  expect(await ended).toBe(130)
  expect([told, asked(), listeners()]).toEqual([['interrupted'], true, 0])
})

it.each([0, 1])('gives the exit code %i of the work, and goes', async (exitCode) => {
  const { ended, told, listeners } = begin(done(exitCode))
  expect(await ended).toBe(exitCode)
  expect([told, listeners()]).toEqual([[], 0])
})

it.each([0, 1])('stays after an exit code %i where it is told to, until Ctrl-C', async (exitCode) => {
  const { signals, told, ended } = begin(done(exitCode), true)
  const early = await Promise.race([ended, new Promise((resolve) => setImmediate(() => resolve('stays')))])
  expect([early, told]).toEqual(['stays', ['kept http://here']])
  signals.emit('SIGINT')
  expect(await ended).toBe(exitCode)
})

it('does not take an error for an interruption, nor stay after one', async () => {
  const { ended, told, listeners } = begin(Promise.reject(new Error('broken')), true)
  await expect(ended).rejects.toThrow('broken')
  expect([told, listeners()]).toEqual([[], 0])
})
