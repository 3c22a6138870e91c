import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signedJson } from '../../src/aws/signed-json.ts'
import { serve, type Request } from '../fakes/http-server.ts'

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const callTo = (endpoint: string) =>
  signedJson(
    {
      endpoint,
      region: 'us-west-2',
      signingName: 'arc-region-switch',
      target: 'ArcRegionSwitch',
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret, sessionToken: 'session' }),
      userAgent: 'sluice/test',
    },
    () => 0,
  )

/** The signature of a request by the steps of "Create a signed AWS API request" in the IAM guide. */
function signatureOf(request: Request): string {
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest()
  const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')
  const signed = /SignedHeaders=([^,]+)/.exec(String(request.headers.authorization))?.[1] ?? ''
  const headers = signed.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
  const canonical = ['POST', '/', '', headers.join(''), signed, hash(request.bytes)].join('\n')
  const date = String(request.headers['x-amz-date'])
  const scope = `${date.slice(0, 8)}/us-west-2/arc-region-switch/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return hmac(key, toSign).toString('hex')
}

describe('signedJson', () => {
  it('signs what it sends as AWS asks for', async () => {
    const seen: Request[] = []
    const origin = await serve((request) => {
      seen.push(request)
      return { status: 200, body: { executionId: 'e1' } }
    })
    expect(await callTo(origin)('StartPlanExecution', { comment: 'déjà vu' })).toEqual({ executionId: 'e1' })
    const [request] = seen
    if (!request) throw new Error('expected a request')
    expect(request.headers['x-amz-target']).toBe('ArcRegionSwitch.StartPlanExecution')
    expect(request.headers['x-amz-security-token']).toBe('session')
    expect(String(request.headers.authorization)).toContain(`Signature=${signatureOf(request)}`)
    for (const name of ['host', 'x-amz-date', 'x-amz-security-token', 'x-amz-target'])
      expect(String(request.headers.authorization)).toMatch(new RegExp(`SignedHeaders=[^,]*\\b${name}\\b`))
  })

  it.each([
    ['throttled', { status: 400, body: { __type: 'ThrottlingException', message: 'slow down' } }],
    ['failing by itself', { status: 500, body: { message: 'oops' } }],
    ['behind a proxy that answers in its own words', { status: 502, body: Buffer.from('<html>bad gateway</html>') }],
  ])('asks four times at most when the service is %s', async (_, answer) => {
    let calls = 0
    const origin = await serve(() => ((calls += 1) < 4 ? answer : { status: 200, body: {} }))
    await expect(callTo(origin)('ListPlansInRegion', {})).resolves.toEqual({})
    expect(calls).toBe(4)
    calls = -10
    await expect(callTo(origin)('ListPlansInRegion', {})).rejects.toThrow('ListPlansInRegion: ')
    expect(calls).toBe(-6)
  })

  it('does not repeat what was refused, and names it as AWS does', async () => {
    let calls = 0
    const origin = await serve(() => {
      calls += 1
      return {
        status: 400,
        headers: { 'x-amzn-requestid': 'r1' },
        body: { __type: 'com.amazonaws.arcregionswitch#IllegalStateException', message: 'another execution runs' },
      }
    })
    const error = await callTo(origin)('StartPlanExecution', {}).catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      name: 'IllegalStateException',
      message: 'StartPlanExecution: another execution runs',
      $metadata: { requestId: 'r1' },
    })
    expect(calls).toBe(1)
  })

  it('gives up on a host that nobody answers at', async () => {
    await expect(callTo('http://127.0.0.1:1')('ListPlansInRegion', {})).rejects.toThrow('fetch failed')
  })
})
