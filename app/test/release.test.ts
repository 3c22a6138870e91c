import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, publish, signIn } from './client.ts'
import { until } from './faults/under-load.ts'
import { startDatabases } from './running-registry.ts'
import type { Databases } from './running-registry.ts'
import { endTasks, startTask } from './task-process.ts'

/** What the task definition says of the release, by the names of docs/architecture.md, is in everything that a task tells. */
const commit = '5f0c2d9ab1e34c7f8d6a5b4c3d2e1f0a9b8c7d6e'
const release = { SLUICE_RELEASE_VERSION: '1.4.0', SLUICE_RELEASE_COMMIT: commit }
let databases: Databases

beforeAll(async () => {
  databases = await startDatabases(1)
})
afterAll(async () => {
  endTasks()
  await databases.close()
})

describe('a task of a release', () => {
  it('carries its version and commit in every series of /metrics, every line of its log, and /health', async () => {
    const task = await startTask({
      DATABASE_URLS: databases.urls.join(','),
      REGISTRY_SELF_REGISTRATION: 'own-scope',
      LOG_LEVEL: 'debug',
      ...release,
    })
    const { url } = task
    expect((await publish(url, await signIn(url, 'alice'), '@alice/told', '1.0.0')).status).toBe(201)
    for (let turn = 0; turn < 3; turn += 1) await call(`${url}/@alice/told`)
    expect((await call(`${url}/not/there`)).status).toBe(404)

    const { body } = await call<string>(`${url}/metrics`)
    const series = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(series.length).toBeGreaterThan(40)
    expect(series.filter((line) => !line.includes('version="1.4.0"') || !line.includes(`commit="${commit}"`))).toEqual(
      // Node's own version is a label of this one, by the same name: it has no room for ours.
      series.filter((line) => line.startsWith('nodejs_version_info')),
    )
    for (const path of ['/health', '/health/live', '/health/ready'])
      expect((await call(url + path)).body).toMatchObject({ version: '1.4.0', commit })

    expect(await task.kill('SIGTERM')).toBe(0)
    const lines = task
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines.length).toBeGreaterThan(5)
    expect(lines.filter((line) => line['version'] !== '1.4.0' || line['commit'] !== commit)).toEqual([])
    expect(lines.map((line) => line['msg'])).toEqual(expect.arrayContaining(['answered', 'draining', 'stopped']))
  })

  it('that is asked to leave says so to its load balancer, and writes no error for it', async () => {
    // As long as it may take this test to ask twice, with reserve for a slow machine.
    const task = await startTask({ DATABASE_URLS: databases.urls.join(','), LOG_LEVEL: 'info', DRAIN_GRACE_MS: '6000' })
    const ended = task.kill('SIGTERM')
    await until(
      () => `signs of draining: ${task.output()}`,
      () => task.output().includes('"draining"'),
    )
    const ready = await call(`${task.url}/health/ready`)
    expect(ready).toMatchObject({ status: 503, body: { status: 'draining' } })
    expect((await call(`${task.url}/health/live`)).status).toBe(200)
    expect(await ended).toBe(0)
    expect(task.output()).toContain('"stopped"')
    expect(task.output()).not.toContain('"level":"error"')
  })

  it('that cannot start says which release it is, in its log', async () => {
    const failed = startTask({
      DATABASE_URLS: 'postgresql://nobody@127.0.0.1:1/nothing',
      ...release,
      LOG_LEVEL: 'info',
    })
    await expect(failed).rejects.toThrow(/exit code 1[\s\S]*"version":"1\.4\.0","commit":"5f0c/)
  })
})
