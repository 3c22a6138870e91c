import { describe, expect, it } from 'vitest'
import { keepFirstRevisions } from '../../lib/planning/first-revisions.ts'

const file = 'prod/sluice-prod-service.template.json'
const revision = (cpu: string) => ({ Type: 'AWS::ECS::TaskDefinition', Properties: { Cpu: cpu } })
const alarm = (threshold: number) => ({ Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: threshold } })
const template = (resources: object) => new Map([[file, { Resources: resources }]])

describe('keepFirstRevisions', () => {
  it("leaves a service's first revision as it was deployed, whatever its task is now", () => {
    const kept = keepFirstRevisions(
      template({ Task: revision('1024'), Alarm: alarm(2) }),
      template({ Task: revision('512'), Alarm: alarm(1) }),
    )
    expect(kept).toEqual(template({ Task: revision('512'), Alarm: alarm(2) }))
  })

  it.each([
    ['a service that is new', template({})],
    ['an environment that is new', new Map<string, object>()],
    ['a name that was something else', template({ Task: alarm(1) })],
  ])('takes what was built for %s', (_what, golden) => {
    const now = template({ Task: revision('1024') })
    expect(keepFirstRevisions(now, golden)).toEqual(now)
  })

  it('lets a service go', () => {
    expect(keepFirstRevisions(template({}), template({ Task: revision('512') }))).toEqual(template({}))
  })
})
