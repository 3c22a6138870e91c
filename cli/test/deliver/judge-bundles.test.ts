import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readJudgeBundles } from '../../src/deliver/judge-bundles.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bundles-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const arm = (requests: number, errors: number) => ({ requests, errors, connectionErrors: 0, slow: 0 })
const look = (second: string, canary: object, baseline: object) => ({
  at: `2026-11-20T12:00:${second}.000Z`,
  stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT',
  productionWeight: 25,
  purpose: 'step',
  passFrom: '2026-11-20T12:00:00.000Z',
  measurements: [{ start: `2026-11-20T12:00:${second}.000Z`, seconds: 1, canary, baseline, loadBalancerErrors: 0 }],
  outcome: 'inconclusive',
  reason: 'as recorded',
})
const bundle = {
  version: 1,
  handle: {
    environment: 'prod',
    service: 'registry',
    region: 'us-east-1',
    cluster: 'sluice-prod',
    ecsService: 'registry',
    serviceDeploymentArn: 'arn:aws:ecs:us-east-1:000000000000:service-deployment/sluice-prod/registry/1',
    revisionId: '1',
    taskDefinitionArn: 'arn:aws:ecs:us-east-1:000000000000:task-definition/registry:2',
    strategy: 'LINEAR',
    image: `registry@sha256:${'a'.repeat(64)}`,
    startedAt: '2026-11-20T12:00:00.000Z',
  },
  settings: {
    alpha: 0.05,
    tolerance: 1.2,
    maxRatio: 2,
    ceiling: { errors: 0.01, slow: 0.05 },
    metrics: ['errors'],
  },
  gates: [],
  looks: [look('01', arm(20, 4), arm(60, 0)), look('02', arm(30, 6), arm(90, 1))],
  steps: [],
  timeline: [],
  outcome: 'fail',
  reason: 'errors',
}

it('tells of every look the share of traffic and the counts that it rests on', async () => {
  mkdirSync(join(folder, 'judge-prod-registry'))
  writeFileSync(join(folder, 'judge-prod-registry/bundle.json'), JSON.stringify(bundle))
  writeFileSync(join(folder, 'another.json'), '{"version":1}')
  const found = await readJudgeBundles([folder, join(folder, 'nowhere')])
  expect([...found.keys()]).toEqual(['prod'])
  expect(found.get('prod')).toMatchObject({
    reason: 'errors',
    looks: [
      {
        outcome: 'inconclusive',
        reason: 'as recorded',
        weight: 25,
        metrics: [{ metric: 'errors', bad: 4, total: 20, baselineBad: 0, baselineTotal: 60 }, { total: 80 }],
      },
      { metrics: [{ metric: 'errors', bad: 10, total: 50, baselineBad: 1, baselineTotal: 150 }, { total: 200 }] },
    ],
  })
})
