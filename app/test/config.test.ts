import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig, variableNames } from '../src/config.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

interface Row {
  readonly name: string
  readonly stated: string
  readonly what: string
  readonly missing: string
}

/** The rows of the tables below "Environment variables". */
const rows: readonly Row[] = (/^## Environment variables$([\s\S]*?)^## /m.exec(readme)?.[1] ?? '')
  .split('\n')
  .flatMap((line) => {
    const [, name, stated = '', what = '', missing = ''] = line.split(/\s*(?<!\\)\|\s*/)
    return name?.startsWith('`') ? [{ name: name.replaceAll('`', ''), stated, what, missing }] : []
  })

/** `64 MiB` as the number that it is. */
const valueOf = (stated: string) => {
  const [, number, unit] = /^(\d+)(?: (MiB))?$/.exec(stated) ?? []
  if (number !== undefined) return Number(number) * (unit ? 1024 * 1024 : 1)
  return { '': undefined, true: true, false: false }[stated] ?? (stated === '' ? undefined : stated)
}

describe('the README', () => {
  it('names every variable that the registry reads, once, and no other', () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual([...variableNames].toSorted())
  })

  it.each(rows)('states the default of $name, what it is for, and what happens without it', ({ name, ...row }) => {
    const value = readConfig({})[name as keyof ReturnType<typeof readConfig>]
    expect(valueOf(row.stated)).toEqual(Array.isArray(value) && value.length === 0 ? undefined : value)
    expect(row.what.length).toBeGreaterThan(10)
    expect(row.missing.length).toBeGreaterThan(3)
  })
})

describe('a configuration', () => {
  it('that is wrong in many ways is refused with all of them, and repeats no value', () => {
    const secret = 'hunter2'
    const wrong = {
      PORT: 'seventy-thousand',
      DATABASE_URLS: `mysql://root:${secret}@db/x`,
      REDIS_URL: `http://:${secret}@cache`,
      ARTIFACTS: 'relative/folder',
      REGISTRY_ADMIN_PASSWORD: secret,
      REGISTRY_SELF_REGISTRATION: 'everybody',
    }
    const refusal = () => readConfig(wrong)
    for (const name of Object.keys(wrong)) expect(refusal).toThrow(`\n  ${name}: `)
    expect(refusal).not.toThrow(secret)
  })

  it.each([
    ['ARTIFACTS_REDIRECT', { ARTIFACTS_REDIRECT: 'true', ARTIFACTS: '/srv/artifacts' }, 'ARTIFACTS=s3://'],
    ['S3_ENDPOINT', { S3_ENDPOINT: 'http://127.0.0.1:9000' }, 'ARTIFACTS=s3://'],
    ['REDIS_CLUSTER', { REDIS_CLUSTER: 'true' }, 'REDIS_URL'],
  ])('that says %s without what it is for is refused', (name, environment, needed) => {
    expect(() => readConfig(environment)).toThrow(new RegExp(`${name}: expected ${needed}`))
  })

  it('has no cache where the URL of the cache is empty, whatever kind it would be', () => {
    expect(readConfig({ REDIS_URL: '', REDIS_CLUSTER: 'true' })).toEqual(readConfig({}))
  })

  it('takes an empty value for a missing one', () => {
    const empty = Object.fromEntries(variableNames.map((name) => [name, '']))
    expect(readConfig(empty)).toEqual(readConfig({}))
  })
})
