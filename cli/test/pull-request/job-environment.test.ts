import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobEnvironment } from '../../src/pull-request/job-environment.ts'

describe('what a job of a pull request is given of the machine', () => {
  it('is how the network is reached, by variables and by the settings of npm', () => {
    const env = {
      PATH: '/usr/bin',
      HTTPS_PROXY: 'http://proxy:3128',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      https_proxy: '',
    }
    const npm = { registry: 'https://npm.example.com/', cafile: null, 'strict-ssl': true, 'https-proxy': 'http://p:1' }
    const given = jobEnvironment(env, npm)
    expect(given).toMatchObject({
      HTTPS_PROXY: 'http://proxy:3128',
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
      npm_config_registry: 'https://npm.example.com/',
      npm_config_strict_ssl: 'true',
      npm_config_https_proxy: 'http://p:1',
    })
    expect(Object.keys(given)).not.toContain('npm_config_cafile')
    expect(Object.keys(given)).not.toContain('https_proxy')
  })

  it('is no secret of the caller: neither a variable that was not asked for nor a token of npm', () => {
    const given = jobEnvironment(
      { PATH: '/usr/bin', AWS_SECRET_ACCESS_KEY: 'k', NPM_TOKEN: 't', SNYK_TOKEN: 's' },
      { '//npm.example.com/:_authToken': 't', _auth: 'a' },
    )
    expect(JSON.stringify(given)).not.toMatch(/"[ktsa]"/)
  })

  it('is the caches of the machine, where they are', () => {
    expect(jobEnvironment({}, {})).toMatchObject({
      npm_config_cache: join(homedir(), '.npm'),
      XDG_CACHE_HOME: join(homedir(), '.cache'),
      RUNNER_TOOL_CACHE: join(homedir(), '.cache/sluice'),
      GOMODCACHE: join(homedir(), 'go/pkg/mod'),
    })
    expect(jobEnvironment({ XDG_CACHE_HOME: '/c', npm_config_cache: '/n', GOPATH: '/g' }, {})).toMatchObject({
      npm_config_cache: '/n',
      XDG_CACHE_HOME: '/c',
      RUNNER_TOOL_CACHE: '/c/sluice',
      GOMODCACHE: '/g/pkg/mod',
    })
  })
})
