import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, describe, expect, it } from 'vitest'

import { deployStack } from '../../src/cloudformation/deploy-stack.ts'
import type { ResourceTypes } from '../../src/cloudformation/resource-type.ts'
import type { StackRecord } from '../../src/cloudformation/stack-record.ts'
import type { Template } from '../../src/cloudformation/template.ts'
import { openStateStore } from '../../src/state-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-stacks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Every stack store of its own; `made` tells what was made, in order. */
function scene(name: string) {
  const made: string[] = []
  const types: ResourceTypes = {
    'Test::Thing': (properties, { existing }) => {
      if (properties['Fails'] === true) throw new Error('there is no room')
      made.push(`${existing ? 'updated' : 'made'} ${String(properties['Name'])}`)
      return { ref: `thing-${String(properties['Name'])}`, attributes: { Arn: `arn:${String(properties['Name'])}` } }
    },
  }
  const file = join(folder, `${name}.json`)
  const deploy = (template: Template, parameters: Record<string, string> = {}, stack = 'one') =>
    deployStack({
      name: stack,
      template,
      parameters,
      account: '000000000000',
      region: 'us-east-1',
      types,
      // Opened anew each time: what a deployment knows of the one before it comes from the disk.
      stacks: openStateStore<StackRecord>(file),
    })
  return { made, deploy }
}
const thing = (properties: object, more: object = {}) => ({
  Type: 'Test::Thing',
  Properties: { ...properties },
  ...more,
})

describe('a stack', () => {
  it('is made in the order of its references and of DependsOn', async () => {
    const { made, deploy } = scene('order')
    const { created, outputs } = await deploy({
      Resources: {
        Last: thing({ Name: { 'Fn::Sub': 'last-of-${Middle}' } }),
        Middle: thing({ Name: 'middle' }, { DependsOn: ['First'] }),
        First: thing({ Name: 'first' }),
      },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Last', 'Arn'] } } },
    })
    expect(made).toEqual(['made first', 'made middle', 'made last-of-thing-middle'])
    expect(created).toEqual(['First', 'Middle', 'Last'])
    expect(outputs).toEqual({ Arn: 'arn:last-of-thing-middle' })
  })

  it('changes only what differs when it is deployed again', async () => {
    const { made, deploy } = scene('again')
    const template = (name: string): Template => ({
      Parameters: { Name: { Type: 'String' } },
      Resources: { A: thing({ Name: { Ref: 'Name' } }), B: thing({ Name: name }) },
    })
    await deploy(template('b'), { Name: 'a' })
    expect(await deploy(template('b'), { Name: 'a' })).toMatchObject({ created: [] })
    expect(await deploy(template('c'), { Name: 'a' })).toMatchObject({ created: ['B'] })
    expect(made).toEqual(['made a', 'made b', 'updated c'])
  })

  it('leaves out what its condition does not want, and takes note of types without a life here', async () => {
    const { deploy } = scene('conditions')
    const template: Template = {
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: {
        Skipped: thing({ Name: 'skipped' }, { Condition: 'Never' }),
        Vpc: { Type: 'AWS::EC2::VPC' },
        Thing: thing({ Name: { 'Fn::GetAtt': ['Vpc', 'Arn'] } }),
      },
      Outputs: { Gone: { Condition: 'Never', Value: { Ref: 'Skipped' } }, Vpc: { Value: { Ref: 'Vpc' } } },
    }
    const result = await deploy(template)
    expect(result).toMatchObject({ created: ['Thing'], acknowledged: ['AWS::EC2::VPC'] })
    expect(Object.keys(result.outputs)).toEqual(['Vpc'])
    expect((await deploy(template)).outputs).toEqual(result.outputs)
  })

  it('gives its exports to other stacks', async () => {
    const { deploy, made } = scene('exports')
    await deploy({
      Resources: { A: thing({ Name: 'a' }) },
      Outputs: { Id: { Value: { Ref: 'A' }, Export: { Name: 'shared-a' } } },
    })
    await deploy({ Resources: { B: thing({ Name: { 'Fn::ImportValue': 'shared-a' } }) } }, {}, 'two')
    expect(made).toEqual(['made a', 'made thing-a'])
  })

  it('names what failed, and goes on from there', async () => {
    const { deploy, made } = scene('failure')
    const template = (Fails: boolean): Template => ({
      Resources: { A: thing({ Name: 'a' }), B: thing({ Name: 'b', Fails }) },
    })
    await expect(deploy(template(true))).rejects.toThrow('stack one: B (Test::Thing): there is no room')
    expect(await deploy(template(false))).toMatchObject({ created: ['B'] })
    expect(made).toEqual(['made a', 'made b'])
  })

  it.each<[why: string, template: Template, message: string]>([
    [
      'parameters are missing',
      { Parameters: { One: { Type: 'String' }, Two: { Type: 'String' } }, Resources: {} },
      'expected values for the parameters One, Two',
    ],
    [
      'resources wait for each other',
      { Resources: { A: thing({ Name: { Ref: 'B' } }), B: thing({ Name: { Ref: 'A' } }) } },
      'A -> B -> A',
    ],
    ['a reference leads nowhere', { Resources: { A: thing({ Name: { Ref: 'Nobody' } }) } }, 'called Nobody'],
    [
      'nobody exports a value',
      { Resources: { A: thing({ Name: { 'Fn::ImportValue': 'nobody' } }) } },
      'no stack exports nobody',
    ],
  ])('is refused when %s', async (why, template, message) => {
    await expect(scene(why.replaceAll(' ', '-')).deploy(template)).rejects.toThrow(message)
  })
})
