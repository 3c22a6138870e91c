import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from '../client.ts'
import { startDatabases } from '../running-registry.ts'
import type { Databases } from '../running-registry.ts'
import { endTasks, startTask as startTaskProcess } from '../task-process.ts'

/** What must hold while processes die: nothing that was acknowledged is lost, nothing is torn, nobody reads an older revision. */
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases()
})
afterAll(async () => {
  endTasks()
  await databases.close()
})

const startTask = () =>
  startTaskProcess({ DATABASE_URLS: databases.urls.join(','), REGISTRY_SELF_REGISTRATION: 'own-scope' })

interface Packument {
  versions: Record<string, { dist: { integrity: string; tarball: string } }>
}

describe('processes that die', () => {
  it('loses nothing that was acknowledged when a server is killed again and again under publishes', async () => {
    let task = await startTask()
    const token = await signIn(task.url, 'alice')
    const acknowledged = new Set<string>()
    const attempted = new Set<string>()
    const state = { on: true }
    const publisher = async (worker: number) => {
      for (let patch = 0; state.on; patch += 1) {
        const [name, version] = [`@alice/crash-${worker}`, `1.0.${patch}`]
        attempted.add(`${name}@${version}`)
        const reply = await publish(task.url, token, name, version, { files: { 'a.js': `${worker} ${patch}` } }).catch(
          () => undefined,
        )
        if (reply?.status === 201 || reply?.status === 200) acknowledged.add(`${name}@${version}`)
        else await sleep(20)
      }
    }
    const work = Promise.all([0, 1, 2, 3].map(publisher))
    for (let round = 0; round < 4; round += 1) {
      await sleep(700)
      await task.kill('SIGKILL')
      task = await startTask()
    }
    state.on = false
    await work

    const found = new Set<string>()
    let torn = 0
    for (let worker = 0; worker < 4; worker += 1) {
      const name = `@alice/crash-${worker}`
      const { body } = await call<Packument>(`${task.url}/${name}`)
      for (const [version, { dist }] of Object.entries(body.versions)) {
        found.add(`${name}@${version}`)
        const bytes = Buffer.from(await (await fetch(dist.tarball)).arrayBuffer())
        if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== dist.integrity) torn += 1
      }
    }
    const lost = [...acknowledged].filter((each) => !found.has(each))
    const strange = [...found].filter((each) => !attempted.has(each))
    process.stdout.write(
      `publishes attempted ${attempted.size}, acknowledged ${acknowledged.size}, found ${found.size}, lost ${lost.length}, torn ${torn}\n`,
    )
    expect(acknowledged.size).toBeGreaterThan(20)
    expect({ lost, strange, torn }).toEqual({ lost: [], strange: [], torn: 0 })
    expect(await task.kill('SIGTERM')).toBe(0)
  })

  it('shows every publish to another process at once', { timeout: 900_000 }, async () => {
    const [writer, reader] = [await startTask(), await startTask()]
    const token = await signIn(writer.url, 'bob')
    const tries = 10_000
    let stale = 0
    for (let patch = 0; patch < tries; patch += 1) {
      const name = `@bob/fresh-${patch % 500}`
      // The reader has the package (or that there is none) in memory before each publish.
      await call(`${reader.url}/${name}`)
      const { status } = await publish(writer.url, token, name, `1.0.${patch}`)
      expect(status).toBe(201)
      const { body, status: seen } = await call<Packument>(`${reader.url}/${name}`)
      if (seen !== 200 || !(`1.0.${patch}` in body.versions)) stale += 1
    }
    process.stdout.write(`publishes read through another process ${tries}, stale ${stale}\n`)
    expect(stale).toBe(0)
    await Promise.all([writer.kill('SIGTERM'), reader.kill('SIGTERM')])
  })

  it('acknowledges publishes again soon after a peer was killed, and never before the peer can no longer answer', async () => {
    const [writer, peer] = [await startTask(), await startTask()]
    const token = await signIn(writer.url, 'carol')
    await publish(writer.url, token, '@carol/peer', '1.0.0')
    await peer.kill('SIGKILL')
    const began = performance.now()
    expect((await publish(writer.url, token, '@carol/peer', '1.0.1')).status).toBe(201)
    // The dead peer's lease of two seconds has to run out, and no more than that.
    expect(performance.now() - began).toBeLessThan(6000)
    await sleep(2500)
    const later = performance.now()
    await publish(writer.url, token, '@carol/peer', '1.0.2')
    expect(performance.now() - later).toBeLessThan(2000)
    await writer.kill('SIGTERM')
  })
})
