import { describe, expect, it } from 'vitest'
import { authorizations } from '../../src/endpoint/authorizations.ts'

const place = { account: '000000000000', region: 'us-east-1' }
const service = 'arn:aws:ecs:us-east-1:000000000000:service/sluice-prod/prod-web'
const deployment = 'arn:aws:ecs:us-east-1:000000000000:service-deployment/sluice-prod/prod-web/abc'

describe('authorizations', () => {
  it('asks for a service by cluster and name, however the caller wrote them', () => {
    const inputs = [
      { cluster: 'sluice-prod', services: ['prod-web'] },
      { cluster: 'arn:aws:ecs:us-east-1:000000000000:cluster/sluice-prod', services: [service] },
    ]
    for (const input of inputs)
      expect(authorizations('ecs:DescribeServices', input, place)).toEqual([
        { action: 'ecs:DescribeServices', resource: service },
      ])
  })

  it('asks for the deployment and its service', () => {
    const input = { serviceDeploymentArn: deployment, hookId: 'h', action: 'CONTINUE' }
    expect(authorizations('ecs:ContinueServiceDeployment', input, place).map(({ resource }) => resource)).toEqual([
      deployment,
      service,
    ])
  })

  it('asks whether the roles and tags of a task definition may be given to it', () => {
    const input = {
      family: 'prod-web',
      tags: [{ key: 'a', value: 'b' }],
      executionRoleArn: 'arn:aws:iam::000000000000:role/x',
      taskRoleArn: 'arn:aws:iam::000000000000:role/y',
    }
    expect(authorizations('ecs:RegisterTaskDefinition', input, place).map(({ action }) => action)).toEqual([
      'ecs:RegisterTaskDefinition',
      'ecs:TagResource',
      'iam:PassRole',
      'iam:PassRole',
    ])
  })

  it.each([
    ['dynamodb:Scan', { TableName: 'slots' }],
    ['dynamodb:Scan', { TableName: 'arn:aws:dynamodb:us-east-1:000000000000:table/slots' }],
    ['dynamodb:BatchWriteItem', { RequestItems: { slots: [] } }],
  ])('asks %s for every table in %j', (action, input) => {
    expect(authorizations(action, input, place)).toEqual([
      { action, resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/slots' },
    ])
  })

  it('says which revision an update is for', () => {
    const input = { cluster: 'sluice-prod', service: 'prod-web', taskDefinition: 'prod-web:3' }
    expect(authorizations('ecs:UpdateService', input, place)).toEqual([
      {
        action: 'ecs:UpdateService',
        resource: service,
        keys: { 'ecs:task-definition': 'arn:aws:ecs:us-east-1:000000000000:task-definition/prod-web:3' },
      },
    ])
  })

  it('asks for everything where IAM knows no resource, and where a body is none', () => {
    expect(authorizations('ecs:DescribeTaskDefinition', {}, place)).toEqual([
      { action: 'ecs:DescribeTaskDefinition', resource: '*' },
    ])
    expect(authorizations('ecs:UpdateService', null, place)).toEqual([{ action: 'ecs:UpdateService', resource: '*' }])
  })
})
