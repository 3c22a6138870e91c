import { describe, expect, it } from 'vitest'

import { evaluateAlarm, evaluateRule } from '../../src/cloudwatch/alarms/evaluate-alarm.ts'

const alarm = {
  comparison: 'GreaterThanThreshold',
  threshold: 5,
  datapointsToAlarm: 2,
  evaluationPeriods: 3,
  missingData: 'missing' as const,
  state: 'OK' as const,
  reason: 'before',
}

describe('evaluateAlarm', () => {
  it.each([
    ['two of three above', [6, 1, 7], 'missing', 'ALARM'],
    ['one of three above', [6, 1, 5], 'missing', 'OK'],
    ['nothing known', [undefined, undefined, undefined], 'missing', 'INSUFFICIENT_DATA'],
    ['nothing known, ignored', [undefined, undefined, undefined], 'ignore', 'OK'],
    ['nothing known is bad', [undefined, undefined, undefined], 'breaching', 'ALARM'],
    ['nothing known is good', [undefined, undefined, undefined], 'notBreaching', 'OK'],
    ['one above, one unknown is bad', [6, 1, undefined], 'breaching', 'ALARM'],
    ['one above, one unknown is good', [6, 1, undefined], 'notBreaching', 'OK'],
  ] as const)('%s: %j with %s is %s', (_, values, missingData, state) => {
    expect(evaluateAlarm({ ...alarm, missingData }, values).state).toBe(state)
  })

  it('says which values crossed which threshold', () => {
    expect(evaluateAlarm(alarm, [6, 1, 7]).reason).toBe(
      'Threshold Crossed: 2 out of the last 3 datapoints [6, 7] were greater than the threshold (5).',
    )
  })
})

describe('evaluateRule', () => {
  const states: Record<string, 'OK' | 'ALARM'> = { a: 'ALARM', b: 'OK', 'with space': 'ALARM' }
  it.each([
    ['ALARM(a)', true],
    ['ALARM("with space") AND OK(b)', true],
    ['ALARM(b) OR NOT OK(a)', true],
    ['ALARM(b) OR (ALARM(a) AND ALARM(b))', false],
    ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:a")', true],
    ['FALSE', false],
    ['OK(unknown)', false],
  ])('%s is %s', (rule, truth) => {
    expect(evaluateRule(rule, (name) => states[name])).toBe(truth)
  })

  it.each(['ALARM a', 'ALARM(a', 'ALARM(a) XOR OK(b)', ''])('refuses %j', (rule) => {
    expect(() => evaluateRule(rule, () => 'OK')).toThrow('AlarmRule cannot be read')
  })
})
