import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2'
import { names } from '@sluice/core/names'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareUse, type RecordedCall, type Reserved, type Role } from '../../cli/test/deliver/least-privilege.ts'
import { whyNoNamespaces } from '../../local/aws/src/runtime/process/probe.ts'
import { startWorkflowWorld } from './workflow-world.ts'

const serviceTemplate = `infra/golden/stage/${names.stack('stage', 'service')}.template.json`
const unavailable = whyNoNamespaces()
const isRequired = process.env['SLUICE_REQUIRE'] === 'all'

/** What these roles keep although the runs below did not need it. */
const ofEachResource = 'CloudFormation asks for it, of each resource, while it detects the drift of a stack'
const ofRollout = 'a rollout that a stack causes, or that is under way'
const reserved: Reserved = {
  drift: { 'cloudformation:DetectStackResourceDrift': ofEachResource },
  infra: {
    'cloudformation:DetectStackResourceDrift': ofEachResource,
    'ecs:DescribeServiceDeployments': ofRollout,
    'ecs:DescribeServiceRevisions': ofRollout,
  },
}

describe.skipIf(unavailable != null && !isRequired)(
  `this repository's infra.yml and drift.yml ${unavailable ?? ''}`,
  () => {
    let world: Awaited<ReturnType<typeof startWorkflowWorld>>
    beforeAll(async () => {
      world = await startWorkflowWorld()
    }, 600_000)
    afterAll(() => world?.close(), 60_000)

    /** Who has put something into S3. */
    const keepingCalls = () =>
      readFileSync(world.aws.callLogFile, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { operation?: string; principal?: string; status?: number })
        .filter(({ operation }) => operation === 's3:PutObject')
        .map(({ principal, status }) => ({ principal, status }))

    const roleOf = (environment: string, kind: 'infra' | 'drift'): Role => {
      const template = `${names.stack(environment, 'identity')}.template.json`
      const { Resources } = JSON.parse(
        readFileSync(join(world.checkout, 'infra/golden', environment, template), 'utf8'),
      ) as {
        Resources: Record<
          string,
          { Properties: { RoleName?: string; Policies?: { PolicyDocument: { Statement: Role['statements'] } }[] } }
        >
      }
      const name = names.role[kind](environment)
      const found = Object.values(Resources).find(({ Properties }) => Properties.RoleName === name)
      const statements = (found?.Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      return { name, kind, statements }
    }
    const callsOf = (principals: RegExp) =>
      readFileSync(world.aws.callLogFile, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as RecordedCall)
        .filter(({ principal }) => principals.test(principal ?? ''))
    const inRegion = (calls: readonly RecordedCall[]) =>
      calls.map(({ asks = [], ...call }) => ({
        ...call,
        asks: asks.map((ask) => ({ ...ask, keys: { ...ask.keys, 'aws:RequestedRegion': 'us-east-1' } })),
      }))

    it('finds no drift in what was just deployed', async () => {
      const { jobs, log } = await world.dispatch('drift.yml', {})
      expect(jobs, log).toEqual({ 'List the environments': 'success', 'Compare stage': 'success' })
    }, 600_000)

    it('plans a change without a role, brings it into force after an approval, and leaves what runs', async () => {
      const before = await world.view()
      world.edit(
        'infra/lib/service/ecs-service.ts',
        'healthCheckGracePeriodSeconds: 60',
        'healthCheckGracePeriodSeconds: 90',
      )
      world.edit(serviceTemplate, '"HealthCheckGracePeriodSeconds": 60', '"HealthCheckGracePeriodSeconds": 90')
      // More than a call to CloudFormation holds: the role of the bootstrap that keeps files has to take it, and CloudFormation to read it.
      world.edit(serviceTemplate, '"Resources": {', `"Metadata": { "Why": "${'x'.repeat(60_000)}" },\n "Resources": {`)
      await world.merge('more time to start')
      const { jobs, log } = await world.dispatch('infra.yml', { reason: 'more time to start' })
      expect(log).toContain('HealthCheckGracePeriodSeconds')
      expect(jobs, log).toMatchObject({ Plan: 'success', 'Prepare and execute': 'success' })
      expect(log).toMatch(/sluice-stage-service in us-east-1: keeping its template of \d+ bytes/)
      expect(keepingCalls()).toEqual([
        { principal: expect.stringContaining(':assumed-role/cdk-hnb659fds-file-publishing-role-'), status: 200 },
      ])
      const after = await world.view()
      expect(after.healthCheckGracePeriodSeconds).toBe(90)
      expect(after.taskDefinition).toBe(before.taskDefinition)
    }, 600_000)

    it('says in an issue what somebody has changed by hand', async () => {
      const Names = [names.targetGroup('stage', 'registry', 'blue')]
      const { TargetGroups } = await world.clients.elb.send(new elb.DescribeTargetGroupsCommand({ Names }))
      const { TargetGroupArn } = TargetGroups?.[0] ?? {}
      await world.clients.elb.send(new elb.ModifyTargetGroupCommand({ TargetGroupArn, HealthCheckIntervalSeconds: 30 }))
      const { jobs, log } = await world.dispatch('drift.yml', {})
      expect(jobs).toEqual({ 'List the environments': 'success', 'Compare stage': 'failure' })
      expect(log).toMatch(/issue: open/)
    }, 600_000)

    const refused = { Plan: 'success', 'Prepare and execute': 'failure' }
    let handle = ''

    it('deploys nothing beside a rollout or over what somebody has changed, and says both at once', async () => {
      world.edit(
        'infra/lib/service/ecs-service.ts',
        'healthCheckGracePeriodSeconds: 90',
        'healthCheckGracePeriodSeconds: 120',
      )
      world.edit(serviceTemplate, '"HealthCheckGracePeriodSeconds": 90', '"HealthCheckGracePeriodSeconds": 120')
      await world.release('second')
      const started = await world.run('start-rollout', { environment: 'stage', service: 'registry' })
      expect(started.log).not.toContain('::error')
      handle = started.outputs['handle'] ?? ''
      await world.merge('still more time, and the second release')
      const { jobs, log } = await world.dispatch('infra.yml', { reason: 'too early' })
      expect(jobs, log).toMatchObject(refused)
      expect(log).toContain('expected no rollout in flight')
      expect(log).toContain('registryblue (AWS::ElasticLoadBalancingV2::TargetGroup) is modified')
      expect((await world.view()).healthCheckGracePeriodSeconds).toBe(90)
    }, 600_000)

    it('deploys nothing while git names a release that is held', async () => {
      const back = await world.run('roll-back', { handle, reason: 'it answers nonsense' })
      expect(back).toMatchObject({ code: 0, outputs: { outcome: 'rolled-back' } })
      await world.untilSteady()
      const { jobs, log } = await world.dispatch('infra.yml', { reason: 'before the revert' })
      expect(jobs, log).toMatchObject(refused)
      expect(log).toMatch(/sha256:[0-9a-f]{64} is held since .*: it answers nonsense/)
      expect(log).not.toContain('expected no rollout in flight')
      expect((await world.view()).healthCheckGracePeriodSeconds).toBe(90)
    }, 600_000)

    it('brings what all environments share to main, which no rollout and no hold stands against', async () => {
      const { jobs, log } = await world.dispatch('infra.yml', { environment: 'shared', reason: 'the registry' })
      expect(jobs, log).toMatchObject({ Plan: 'success', 'Prepare and execute': 'success' })
      expect(log).toContain('sluice-shared-registry in us-east-1: CREATE_COMPLETE')
      expect(log).not.toContain('sluice-shared-account in us-east-1')
      const calls = callsOf(/assumed-role\/sluice-infra-shared\//)
      expect(calls.flatMap(({ asks = [] }) => asks.map(({ action }) => action))).toContain(
        'cloudformation:DetectStackDrift',
      )
      expect(compareUse([roleOf('shared', 'infra')], inRegion(calls), {}).missing).toEqual([])
    }, 600_000)

    it('watches what all environments share with a role that sees no more than that takes', async () => {
      const { jobs, log } = await world.dispatch('drift.yml', { environment: 'shared' })
      expect(jobs, log).toEqual({ 'List the environments': 'success', 'Compare shared': 'success' })
      expect(log).toMatch(/issue: nothing/)
      const calls = callsOf(/assumed-role\/sluice-drift-shared\//)
      expect(calls.length).toBeGreaterThan(3)
      expect(compareUse([roleOf('shared', 'drift')], inRegion(calls), {}).missing).toEqual([])
    }, 600_000)

    it('called nothing that its roles were not granted, and left nothing of them unused', () => {
      const roles = [roleOf('stage', 'infra'), roleOf('stage', 'drift')]
      const calls = callsOf(/assumed-role\/sluice-(infra|drift)-stage\//)
      expect(calls.length).toBeGreaterThan(10)
      // Settings are granted by wildcards, in the environment's regions alone, for drift detection reads with its caller's rights: what was
      // called may be granted by them, and whether they are used is CloudFormation's to say, which has the settings at hand here.
      const isReading = ({ Condition }: Role['statements'][number]) =>
        Condition?.['StringEquals']?.['aws:RequestedRegion'] != null
      expect(compareUse(roles, inRegion(calls), {}).missing).toEqual([])
      const named = roles.map((role) => ({ ...role, statements: role.statements.filter((one) => !isReading(one)) }))
      expect(compareUse(named, calls, reserved)).toMatchObject({ unused: [], idle: [] })
    })
  },
)
