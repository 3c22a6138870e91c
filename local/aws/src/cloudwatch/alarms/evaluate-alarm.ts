import { AwsError } from '../../endpoint/service.ts'
import type { AlarmState } from '../metric-store.ts'
import type { MetricAlarmRecord } from './alarm-record.ts'

/** A state and the sentence that explains it. */
export interface Verdict {
  readonly state: AlarmState
  readonly reason: string
}

const comparisons: Readonly<
  Record<string, readonly [words: string, breaches: (value: number, threshold: number) => boolean]>
> = {
  GreaterThanThreshold: ['greater than', (value, threshold) => value > threshold],
  GreaterThanOrEqualToThreshold: ['greater than or equal to', (value, threshold) => value >= threshold],
  LessThanThreshold: ['less than', (value, threshold) => value < threshold],
  LessThanOrEqualToThreshold: ['less than or equal to', (value, threshold) => value <= threshold],
}

/** Throws AwsError ValidationError for a comparison that is not there (bands of anomaly detection are not). */
export function checkComparison(name: string): string {
  if (!(name in comparisons)) {
    throw new AwsError(
      'ValidationError',
      `ComparisonOperator must be one of ${Object.keys(comparisons).join(', ')}, found '${name}'`,
    )
  }
  return name
}

/**
 * The state of an alarm by its latest complete periods, oldest first; `undefined` is a period without data.
 * "M out of N": as many breaching periods as `datapointsToAlarm` among `evaluationPeriods`.
 */
export function evaluateAlarm(
  alarm: Pick<
    MetricAlarmRecord,
    'comparison' | 'threshold' | 'datapointsToAlarm' | 'evaluationPeriods' | 'missingData' | 'state' | 'reason'
  >,
  values: ReadonlyArray<number | undefined>,
): Verdict {
  const [words, breaches] = comparisons[alarm.comparison] ?? ['', () => false]
  const present = values.filter((value) => value !== undefined)
  const missing = values.length - present.length
  if (present.length === 0) {
    if (alarm.missingData === 'ignore') return { state: alarm.state, reason: alarm.reason }
    if (alarm.missingData === 'missing') {
      return { state: 'INSUFFICIENT_DATA', reason: `Insufficient Data: ${missing} datapoints were unknown.` }
    }
  }
  const breaching = present.filter((value) => breaches(value, alarm.threshold))
  const counted = breaching.length + (alarm.missingData === 'breaching' ? missing : 0)
  const isAlarm = counted >= alarm.datapointsToAlarm
  const shown = (isAlarm ? breaching : present).join(', ')
  const some = `${isAlarm ? counted : present.length} out of the last ${values.length} datapoints`
  const treated = missing === 0 ? '' : `; ${missing} without data, treated as [${alarm.missingData}]`
  return {
    state: isAlarm ? 'ALARM' : 'OK',
    reason: `Threshold Crossed: ${some} [${shown}] ${isAlarm ? 'were' : 'were not enough'} ${words} the threshold (${alarm.threshold})${treated}.`,
  }
}

/**
 * The truth of a composite alarm's rule: `ALARM("a") OR (OK(b) AND NOT INSUFFICIENT_DATA(c))`, TRUE, FALSE.
 * @throws AwsError ValidationError when it cannot be read.
 */
export function evaluateRule(rule: string, stateOf: (alarm: string) => AlarmState | undefined): boolean {
  const tokens = rule.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? []
  let at = 0
  const fail = () =>
    new AwsError('ValidationError', `AlarmRule cannot be read at '${tokens[at] ?? 'its end'}': ${rule}`)
  const either = (): boolean => {
    let left = both()
    while (tokens[at] === 'OR') {
      at += 1
      const right = both()
      left = left || right
    }
    return left
  }
  const both = (): boolean => {
    let left = one()
    while (tokens[at] === 'AND') {
      at += 1
      const right = one()
      left = left && right
    }
    return left
  }
  const one = (): boolean => {
    const token = tokens[at]
    at += 1
    if (token === 'NOT') return !one()
    if (token === 'TRUE' || token === 'FALSE') return token === 'TRUE'
    if (token === '(') {
      const inside = either()
      if (tokens[at] !== ')') throw fail()
      at += 1
      return inside
    }
    if (token !== 'ALARM' && token !== 'OK' && token !== 'INSUFFICIENT_DATA') throw fail()
    const [open, name, close] = tokens.slice(at, at + 3)
    if (open !== '(' || name === undefined || close !== ')') throw fail()
    at += 3
    const plain = name.replaceAll('"', '')
    return stateOf(plain.includes(':alarm:') ? (plain.split(':alarm:')[1] ?? '') : plain) === token
  }
  const result = either()
  if (at < tokens.length) throw fail()
  return result
}
