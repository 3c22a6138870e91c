import { describe, expect, it } from 'vitest'

import { references, resolveValue, type Scope } from '../../src/cloudformation/intrinsics.ts'

const scope: Scope = {
  parameters: { Image: 'host/app', Zones: 'a,b' },
  mappings: { Sizes: { prod: { cpu: 512 } } },
  conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Image' }, 'host/app'] },
    IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
  },
  pseudo: { 'AWS::Region': 'us-east-1', 'AWS::AccountId': '000000000000' },
  ref: (id) => `ref-${id}`,
  getAtt: (id, attribute) => `${id}/${attribute}`,
  importValue: (name) => `imported-${name}`,
}

describe('a template value', () => {
  it.each<[value: unknown, resolved: unknown]>([
    [{ Ref: 'Image' }, 'host/app'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'Cluster' }, 'ref-Cluster'],
    [{ 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role/Arn'],
    [{ 'Fn::GetAtt': 'Role.Policy.Arn' }, 'Role/Policy.Arn'],
    [{ 'Fn::Sub': '${Image}:${Role.Arn}-${AWS::Region}-${!Literal}' }, 'host/app:Role/Arn-us-east-1-${Literal}'],
    [{ 'Fn::Sub': ['${Name}/${Image}', { Name: { Ref: 'Cluster' } }] }, 'ref-Cluster/host/app'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Image' }]] }, 'a-host/app'],
    [{ 'Fn::Join': ['+', { 'Fn::Split': [',', { Ref: 'Zones' }] }] }, 'a+b'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': [',', { Ref: 'Zones' }] }] }, 'b'],
    [{ 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'us-east-1a'],
    [{ 'Fn::FindInMap': ['Sizes', 'prod', 'cpu'] }, 512],
    [{ 'Fn::ImportValue': { 'Fn::Sub': 'net-${AWS::Region}' } }, 'imported-net-us-east-1'],
    [{ 'Fn::If': ['IsProd', { Ref: 'Image' }, 'other'] }, 'host/app'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    [{ 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    [{ kept: 1, gone: { 'Fn::If': ['IsDev', 1, { Ref: 'AWS::NoValue' }] } }, { kept: 1 }],
    [
      [1, { Ref: 'AWS::NoValue' }, 2],
      [1, 2],
    ],
    [{ Condition: { StringEquals: { a: { Ref: 'Image' } } } }, { Condition: { StringEquals: { a: 'host/app' } } }],
  ])('%j is %j', (value, resolved) => {
    expect(resolveValue(value, scope)).toEqual(resolved)
  })

  it.each([
    [{ 'Fn::Transform': {} }, 'does not cover Fn::Transform'],
    [{ 'Fn::If': ['Nope', 1, 2] }, 'no condition Nope'],
  ])('%j is refused by name', (value, message) => {
    expect(() => resolveValue(value, scope)).toThrow(message)
  })

  it('names what it refers to', () => {
    const value = [
      { Ref: 'A' },
      { x: { 'Fn::GetAtt': ['B', 'Arn'] } },
      { 'Fn::Sub': ['${C.Arn}${!D}${AWS::Region}', { E: { Ref: 'F' } }] },
    ]
    expect([...references(value)].sort()).toEqual(['A', 'AWS::Region', 'B', 'C', 'F'])
  })
})
