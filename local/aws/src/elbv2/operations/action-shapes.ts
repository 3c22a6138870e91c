import type { Action as SdkAction, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'

import { AwsError } from '../../endpoint/service.ts'
import type { Action, Condition } from '../model.ts'
import { isTrue, numberOr, wholeNumber } from './input.ts'

const weights = { from: 0, to: 999 }
const orders = { from: 1, to: 50_000 }

/** The action that decides: the last one, for authentication comes before it. */
export function readAction(actions: readonly SdkAction[] | undefined): Action {
  const action = [...(actions ?? [])]
    .sort((one, other) => numberOr('Order', one.Order, 1, orders) - numberOr('Order', other.Order, 1, orders))
    .at(-1)
  switch (action?.Type) {
    case 'forward':
      return readForward(action)
    case 'fixed-response': {
      const { StatusCode, ContentType, MessageBody } = action.FixedResponseConfig ?? {}
      const status = wholeNumber('StatusCode', StatusCode, { from: 200, to: 599 })
      return { type: 'fixed-response', status, contentType: ContentType ?? 'text/plain', body: MessageBody ?? '' }
    }
    case 'redirect': {
      const config = action.RedirectConfig
      return {
        type: 'redirect',
        status: config?.StatusCode === 'HTTP_302' ? 302 : 301,
        protocol: config?.Protocol ?? '#{protocol}',
        host: config?.Host ?? '#{host}',
        port: config?.Port ?? '#{port}',
        path: config?.Path ?? '/#{path}',
        query: config?.Query ?? '#{query}',
      }
    }
    default: {
      const found = action ? `'${String(action.Type)}'` : 'none'
      throw new AwsError(
        'ValidationError',
        `Expected an action of type forward, fixed-response or redirect, found ${found}`,
      )
    }
  }
}

function readForward(action: SdkAction): Action {
  const config = action.ForwardConfig
  const targetGroups = (config?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }]).map(
    (group) => ({
      targetGroupArn: group.TargetGroupArn ?? '',
      weight: numberOr('Weight', group.Weight, 1, weights),
    }),
  )
  const sticky = config?.TargetGroupStickinessConfig
  if (!isTrue(sticky?.Enabled)) return { type: 'forward', targetGroups }
  const stickySeconds = wholeNumber('DurationSeconds', sticky?.DurationSeconds, { from: 1, to: 604_800 })
  return { type: 'forward', targetGroups, stickySeconds }
}

/** An action as Describe calls show it: a single target group stands in both places. */
export function showAction(action: Action): SdkAction {
  if (action.type === 'fixed-response') {
    const config = { StatusCode: String(action.status), ContentType: action.contentType, MessageBody: action.body }
    return { Type: 'fixed-response', Order: 1, FixedResponseConfig: config }
  }
  if (action.type === 'redirect') {
    return {
      Type: 'redirect',
      Order: 1,
      RedirectConfig: {
        Protocol: action.protocol,
        Port: action.port,
        Host: action.host,
        Path: action.path,
        Query: action.query,
        StatusCode: action.status === 302 ? 'HTTP_302' : 'HTTP_301',
      },
    }
  }
  const only = action.targetGroups.length === 1 ? action.targetGroups[0] : undefined
  return {
    Type: 'forward',
    Order: 1,
    ...(only ? { TargetGroupArn: only.targetGroupArn } : {}),
    ForwardConfig: {
      TargetGroups: action.targetGroups.map((group) => ({
        TargetGroupArn: group.targetGroupArn,
        Weight: group.weight,
      })),
      TargetGroupStickinessConfig:
        action.stickySeconds === undefined
          ? { Enabled: false }
          : { Enabled: true, DurationSeconds: action.stickySeconds },
    },
  }
}

const configs = {
  'path-pattern': 'PathPatternConfig',
  'host-header': 'HostHeaderConfig',
  'http-header': 'HttpHeaderConfig',
  'http-request-method': 'HttpRequestMethodConfig',
  'source-ip': 'SourceIpConfig',
} as const

export function readCondition(condition: RuleCondition): Condition {
  const field = condition.Field
  if (field === 'query-string') {
    const pairs = condition.QueryStringConfig?.Values ?? []
    return {
      field,
      values: pairs.map(({ Key, Value }) => (Key === undefined ? (Value ?? '') : `${Key}=${Value ?? ''}`)),
    }
  }
  if (field === undefined || !(field in configs)) {
    throw new AwsError(
      'ValidationError',
      `Condition field '${field ?? ''}' must be one of '[${Object.keys(configs).join(', ')}]'`,
    )
  }
  const known = field as keyof typeof configs
  const values = condition[configs[known]]?.Values ?? condition.Values ?? []
  if (values.length === 0) throw new AwsError('ValidationError', `A condition value must be specified for '${field}'`)
  if (known !== 'http-header') return { field: known, values }
  const name = condition.HttpHeaderConfig?.HttpHeaderName
  if (name === undefined) throw new AwsError('ValidationError', 'A header name must be specified')
  return { field: known, name, values }
}

export function showCondition({ field, name, values }: Condition): RuleCondition {
  const all = [...values]
  if (field === 'query-string') {
    const pairs = all.map((value) => {
      const [key = '', ...rest] = value.split('=')
      return rest.length === 0 ? { Value: key } : { Key: key, Value: rest.join('=') }
    })
    return { Field: field, QueryStringConfig: { Values: pairs } }
  }
  if (field === 'http-header') {
    return { Field: field, HttpHeaderConfig: { HttpHeaderName: name, Values: all } }
  }
  // The older two fields show their values twice.
  const older = field === 'path-pattern' || field === 'host-header' ? { Values: all } : {}
  return { Field: field, ...older, [configs[field]]: { Values: all } }
}
