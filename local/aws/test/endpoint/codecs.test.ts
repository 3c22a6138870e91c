import { describe, expect, it } from 'vitest'

import { decodeJson, encodeJson } from '../../src/endpoint/codecs/json.ts'
import { decodeQuery, encodeQuery, encodeQueryError } from '../../src/endpoint/codecs/query.ts'
import { AwsError } from '../../src/endpoint/service.ts'

describe('a query call', () => {
  it.each<[form: string, input: unknown]>([
    ['Name=blue', { Name: 'blue' }],
    ['Names.member.1=b&Names.member.2=a', { Names: ['b', 'a'] }],
    ['Names.member.2=second&Names.member.10=tenth&Names.member.1=first', { Names: ['first', 'second', 'tenth'] }],
    ['Names=', { Names: '' }],
    [
      'Actions.member.1.Type=forward&Actions.member.1.ForwardConfig.TargetGroups.member.1.TargetGroupArn=tg&' +
        'Actions.member.1.ForwardConfig.TargetGroups.member.1.Weight=5',
      { Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: 'tg', Weight: '5' }] } }] },
    ],
    ['Flat.1.Key=a&Flat.2.Key=b', { Flat: [{ Key: 'a' }, { Key: 'b' }] }],
    ['Attributes.entry.1.key=a&Attributes.entry.1.value=1', { Attributes: { a: '1' } }],
    ['Message=a%26b%3D%C3%A9', { Message: 'a&b=é' }],
  ])('%s holds %j', (form, input) => {
    const decoded = decodeQuery(new URLSearchParams(`Action=Do&Version=2015-12-01&${form}`))
    expect(decoded).toEqual({ action: 'Do', version: '2015-12-01', input })
  })

  it('cannot reach the prototype of objects', () => {
    decodeQuery(new URLSearchParams('Action=Do&__proto__.polluted=yes&constructor.prototype.polluted=yes'))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('is answered with lists, times, numbers and escaped text', () => {
    const output = {
      Groups: [{ Name: '<a & "b">', Weight: 0, On: false }, { Name: 'c' }],
      Created: new Date('2026-11-21T06:00:00.000Z'),
      Missing: undefined,
    }
    expect(encodeQuery('Do', 'urn:x', output, 'id-1')).toBe(
      '<DoResponse xmlns="urn:x"><DoResult><Groups><member><Name>&lt;a &amp; &quot;b&quot;&gt;</Name><Weight>0</Weight>' +
        '<On>false</On></member><member><Name>c</Name></member></Groups><Created>2026-11-21T06:00:00.000Z</Created></DoResult>' +
        '<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>',
    )
  })

  it.each([
    [400, 'Sender'],
    [500, 'Receiver'],
  ])('that failed with %i is the fault of the %s', (status, type) => {
    const text = encodeQueryError(new AwsError('RuleNotFound', 'no <rule>', status), 'urn:x', 'id-1')
    expect(text).toContain(
      `<Error><Type>${type}</Type><Code>RuleNotFound</Code><Message>no &lt;rule&gt;</Message></Error>`,
    )
  })
})

describe('a JSON call', () => {
  it('is answered with times in seconds and bytes in base64', () => {
    const output = { at: new Date(1_500), list: [{ bytes: new Uint8Array([1, 2]) }], none: null, missing: undefined }
    expect(JSON.parse(encodeJson(output))).toEqual({ at: 1.5, list: [{ bytes: 'AQI=' }], none: null })
  })

  it('without a body has no input', () => {
    expect(decodeJson('')).toEqual({})
  })
})
