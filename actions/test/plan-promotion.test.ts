import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { awsError } from './fakes/aws-server.ts'
import { imageA, imageB } from './fakes/environments.ts'
import { aws, plan, promoted } from './promotion/promoted.ts'

it('writes what an approver has to know, and the roles of the jobs after it', async () => {
  const { run } = await plan(await promoted())
  expect(run.log).not.toContain('::error')
  expect(run).toMatchObject({
    code: 0,
    outputs: {
      strategy: 'ROLLING',
      region: 'us-east-1',
      unchanged: 'false',
      eligible: 'true',
      next: '[]',
      'deploy-role': 'arn:aws:iam::000000000000:role/sluice-deploy-prod',
      'rollout-role': 'arn:aws:iam::000000000000:role/sluice-rollout-prod',
      'roll-back-role': 'arn:aws:iam::000000000000:role/sluice-roll-back-prod',
    },
  })
  const bundle = JSON.parse(readFileSync(run.outputs['bundle'] ?? '', 'utf8'))
  expect(bundle).toMatchObject({
    from: { image: imageA, commit: 'a'.repeat(40), version: '1.0.0' },
    to: { image: imageB },
    gates: [{ gate: 'findings', outcome: 'pass', reason: '0 of 3 findings fail' }],
    runs: [{ environment: 'dev', outcome: 'pass' }],
  })
  expect(bundle.change.commits[0].people.map(({ login }: { login?: string }) => login)).toEqual(['carol', 'dave'])
  const paths = bundle.taskDefinition.changes.map((change: { path: string }) => change.path)
  expect(paths).toContain('containerDefinitions.registry.image')
  expect(run.summary).toContain('**Risk')
})

it('fails for a release that was not scanned and has not run before, with both reasons', async () => {
  const github = await promoted()
  github.statuses.length = 0
  github.deployments.length = 0
  const { run } = await plan(github)
  expect(run.code).toBe(1)
  expect(run.outputs['reason']).toContain('the gate "findings" has no result')
  expect(run.outputs['reason']).toContain('it has not run in dev yet')
})

it('does not count a decision on another build of the same commit', async () => {
  const github = await promoted()
  Object.assign(github.statuses[0] ?? {}, { description: 'sha256:cccccccccccc pass: 0 of 3 findings fail' })
  expect((await plan(github)).run.outputs['eligible']).toBe('false')
})

it('holds a release that was rolled back, unless a person gives a reason', async () => {
  const github = await promoted()
  const [dev] = github.deployments
  const payload = { ...(dev?.['payload'] as object), outcome: 'fail' }
  github.deployments.push({ ...dev, id: 2, environment: 'prod', payload })
  expect((await plan(github)).run.outputs['reason']).toContain('it is held in prod: deployment 2')
  expect((await plan(github, aws(), { reason: 'the database was down' })).run.code).toBe(0)
})

it('is an error, not a verdict, when AWS cannot be asked', async () => {
  const { run } = await plan(await promoted(), {
    ...aws(),
    DescribeServices: () => awsError('AccessDeniedException'),
  })
  expect(run.code).toBe(1)
  expect(run.summary).toContain('Nothing was decided')
  expect(run.outputs['eligible']).toBeUndefined()
})
