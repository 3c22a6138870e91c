import type * as Sdk from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { service } from '../balanced-targets.ts'

describe('rules', () => {
  it('are tried by priority, the default last', async () => {
    const { call, listen } = await service()
    const fixed = (text: string): Sdk.Action[] => [
      {
        Type: 'fixed-response',
        FixedResponseConfig: { StatusCode: '200', MessageBody: text, ContentType: 'text/plain' },
      },
    ]
    const { arn, url } = await listen(fixed('default'))
    const rule = (Priority: number, text: string, Conditions: Sdk.RuleCondition[]) =>
      call<Sdk.CreateRuleOutput>('CreateRule', { ListenerArn: arn, Priority, Conditions, Actions: fixed(text) })
    await rule(20, 'api', [{ Field: 'path-pattern', Values: ['/api/*'] }])
    await rule(10, 'admin', [
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/api/admin*'] } },
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Team', Values: ['ops', 'sec?'] } },
    ])
    const text = async (path: string, headers: Record<string, string> = {}) =>
      (await fetch(url + path, { headers })).text()
    expect(await text('/')).toBe('default')
    expect(await text('/api/x')).toBe('api')
    expect(await text('/api/admin/x')).toBe('api')
    expect(await text('/api/admin/x', { 'x-team': 'secs' })).toBe('admin')
    await expect(rule(20, 'again', [{ Field: 'path-pattern', Values: ['/'] }])).rejects.toMatchObject({
      code: 'PriorityInUse',
    })
    const described = await call<Sdk.DescribeRulesOutput>('DescribeRules', { ListenerArn: arn })
    expect(described.Rules?.map((found) => found.Priority)).toEqual(['10', '20', 'default'])
    expect(described.Rules?.[0]?.RuleArn).toMatch(
      /^arn:aws:elasticloadbalancing:us-east-1:000000000000:listener-rule\/app\/web\/\w{16}\/\w{16}\/\w{16}$/,
    )
  })

  it('redirect with the parts of the request', async () => {
    const { listen } = await service()
    const { url } = await listen([
      {
        Type: 'redirect',
        RedirectConfig: { StatusCode: 'HTTP_302', Path: '/new/#{path}', Port: '8443', Protocol: 'HTTPS' },
      },
    ])
    const response = await fetch(`${url}/old?x=1`, { redirect: 'manual' })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('https://127.0.0.1:8443/new/old?x=1')
  })
})
