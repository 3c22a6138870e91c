import { expect, test } from 'vitest'
import { throttled } from '../../../src/ecs/operations/throttle.ts'
import { call } from '../fakes.ts'

test('a burst is let through, then so many a second, and buckets do not share', () => {
  let now = 0
  const answer = () => ({})
  const operations = throttled({ RegisterTaskDefinition: answer, DescribeServices: answer }, () => now)
  const register = () => operations['RegisterTaskDefinition']?.({} as never, call)
  for (let index = 0; index < 20; index++) expect(register()).toEqual({})
  expect(register).toThrow(
    expect.objectContaining({ code: 'ThrottlingException', message: 'Rate exceeded', status: 400 }),
  )
  expect(operations['DescribeServices']?.({} as never, call)).toEqual({})
  now += 1000
  expect(register()).toEqual({})
  expect(register).toThrow('Rate exceeded')
})
