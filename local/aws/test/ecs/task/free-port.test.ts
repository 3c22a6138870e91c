import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

import { expect, it, onTestFinished } from 'vitest'

import { createPortChooser } from '../../../src/ecs/task/free-port.ts'

it('hands out ports that this machine gives to no outgoing connection', async () => {
  const choose = createPortChooser()
  const chosen = await Promise.all(Array.from({ length: 40 }, () => choose()))
  expect(new Set(chosen).size).toBe(40)
  expect(chosen.filter((port) => port < 1024 || port >= 32_768)).toEqual([])
})

it('passes over a port that somebody listens on, and one that it handed out before', async () => {
  const listening = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void listening.close())
  await once(listening, 'listening')
  const taken = (listening.address() as AddressInfo).port
  const [first, second] = [await createPortChooser()(), await createPortChooser()()]
  const candidates = [taken, first, first, second]
  const choose = createPortChooser(() => candidates.shift() ?? 0)
  expect([await choose(), await choose()]).toEqual([first, second])
  expect(candidates).toEqual([])
})

it('says so when there is none', async () => {
  const choose = createPortChooser(() => 20_000)
  await choose().catch(() => undefined)
  await expect(choose()).rejects.toThrow('ResourceInitializationError: no free port on 127.0.0.1 after 50 attempts')
})
