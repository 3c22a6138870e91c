import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { synthesize } from '../lib/planning/synthesize.ts'

const environmentsFolder = join(import.meta.dirname, '../../environments')
let folder: string
let files: string[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-synth-'))
  files = await synthesize({ environmentsFolder, out: join(folder, 'first') })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const template = (file: string) =>
  JSON.parse(readFileSync(join(folder, 'first', file), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: Record<string, never> }>
  }
const ofType = (file: string, type: string) =>
  Object.values(template(file).Resources).filter((resource) => resource.Type === type)

describe('synthesize', () => {
  it('writes the same bytes every time', async () => {
    const again = await synthesize({ environmentsFolder, out: join(folder, 'second') })
    expect(again.map((file) => readFileSync(file, 'utf8'))).toEqual(files.map((file) => readFileSync(file, 'utf8')))
  })

  it('leaves nothing behind but the templates', async () => {
    const temporary = join(folder, 'temporary')
    mkdirSync(temporary)
    vi.stubEnv('TMPDIR', temporary)
    try {
      await synthesize({ environmentsFolder, out: join(folder, 'third') })
      expect(tmpdir()).toBe(temporary)
      expect(readdirSync(temporary)).toEqual([])
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('puts no digest and no release into a template', () => {
    for (const file of files) expect(readFileSync(file, 'utf8')).not.toMatch(/sha256:[0-9a-f]{64}|SLUICE_RELEASE_/)
  })

  it('needs no custom resource, no function and no asset: the templates are all there is to deploy', () => {
    for (const file of files) {
      const types = Object.values(template(file.slice(join(folder, 'first').length + 1)).Resources).map(
        ({ Type }) => Type,
      )
      expect(
        types.filter((type) => /^(Custom::|AWS::CloudFormation::CustomResource|AWS::Lambda::)/.test(type)),
      ).toEqual([])
      expect(readFileSync(file, 'utf8')).not.toContain('-assets-')
    }
  })

  it('names the bare family in the service, so that the newest active revision stays', () => {
    const [service] = ofType('prod/sluice-prod-service.template.json', 'AWS::ECS::Service')
    expect(service?.Properties).toMatchObject({ TaskDefinition: 'prod-registry' })
    expect(service?.Properties).not.toHaveProperty('DesiredCount')
    expect(service?.Properties).not.toHaveProperty('DeploymentConfiguration')
  })

  it('writes the production rule with all weight on blue, once', () => {
    const rules = ofType('prod/sluice-prod-service.template.json', 'AWS::ElasticLoadBalancingV2::ListenerRule')
    expect(rules).toHaveLength(2)
    expect(rules[0]?.Properties).toMatchObject({
      Actions: [{ ForwardConfig: { TargetGroups: [{ Weight: 100 }, { Weight: 0 }] } }],
    })
  })

  it('lets every alarm tell somebody', () => {
    for (const alarm of ofType('prod/sluice-prod-service.template.json', 'AWS::CloudWatch::Alarm')) {
      expect(alarm.Properties).toMatchObject({ AlarmActions: [{ Ref: 'Topic' }] })
    }
  })

  it('trusts the deploy role to the reviewed environment in both subject forms, and to nothing wider', () => {
    const roles = ofType('prod/sluice-prod-identity.template.json', 'AWS::IAM::Role')
    const deploy = roles.find(({ Properties }) => Properties['RoleName'] === 'sluice-deploy-prod')
    expect(JSON.stringify(deploy?.Properties)).toContain('repo:acme@1000001/sluice@2000002:environment:prod"')
    expect(JSON.stringify(deploy?.Properties)).toContain('repo:acme/sluice:environment:prod"')
    expect(JSON.stringify(deploy?.Properties)).not.toContain('StringLike')
  })
})
