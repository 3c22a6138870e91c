import { describe, expect, it } from 'vitest'
import { parseDesiredState } from '../../src/environment/read.ts'
import { firstParameters } from '../../src/stacks/first-parameters.ts'
import { readFiles } from './repository-files.ts'

const collector = `public.ecr.aws/aws-observability/aws-otel-collector@sha256:${'c'.repeat(64)}`
const state = (change: (text: string) => string = (text) => text) => {
  const files = readFiles()
  files.set('project.yaml', change(files.get('project.yaml') ?? ''))
  return parseDesiredState(files)
}
const valuesOf = ({ project, environments }: ReturnType<typeof state>, region: string) => {
  const prod = environments['prod']
  if (!prod) throw new Error('there is no prod')
  return firstParameters(project, prod, region)
}

describe('what a service stack is made with', () => {
  it('is the first image as its region pulls it, and the collector of project.yaml in every region alike', () => {
    const found = state((text) => `${text}collector: ${collector}\n`)
    for (const region of ['us-east-1', 'eu-west-1'])
      expect(valuesOf(found, region)).toEqual({
        FirstImage: expect.stringMatching(`^999999999999.dkr.ecr.${region}.amazonaws.com/component-registry@sha256:`),
        CollectorImage: collector,
      })
  })

  it('has no collector that nobody named', () => {
    expect(valuesOf(state(), 'us-east-1')).not.toHaveProperty('CollectorImage')
  })

  it.each(['public.ecr.aws/a/b:latest', 'a@sha256:1'])('takes no collector without a digest: %s', (image) => {
    expect(() => state((text) => `${text}collector: ${image}\n`)).toThrow(
      /collector.*expected host\/repository@sha256/s,
    )
  })
})
