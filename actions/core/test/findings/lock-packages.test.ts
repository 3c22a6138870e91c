import { expect, it } from 'vitest'
import { listProductionPackages, type PackageLock } from '../../src/findings/lock-packages.ts'

const lock: PackageLock = {
  lockfileVersion: 3,
  packages: {
    '': { version: '1.0.0' },
    app: {
      version: '1.0.0',
      dependencies: { fastify: '5', '@acme/core': '1' },
      optionalDependencies: { postgres: '1' },
    },
    core: { version: '1.0.0', dependencies: { yaml: '2' } },
    infra: { version: '1.0.0', dependencies: { 'aws-cdk-lib': '2' } },
    'node_modules/@acme/core': { link: true, resolved: 'core' },
    'node_modules/fastify': { version: '5.0.0', dependencies: { ajv: '8' } },
    'node_modules/fastify/node_modules/ajv': { version: '8.0.0' },
    'node_modules/ajv': { version: '6.0.0' },
    'node_modules/yaml': { version: '2.0.0', dependencies: { ajv: '6' } },
    'node_modules/postgres': { version: '1.0.0' },
    'node_modules/aws-cdk-lib': { version: '2.0.0' },
  },
}

it('lists what the workspace reaches, through links and nested folders, and nothing else', () => {
  expect(listProductionPackages(lock, 'app').map(({ name, version }) => `${name}@${version}`)).toEqual([
    'ajv@6.0.0',
    'ajv@8.0.0',
    'fastify@5.0.0',
    'yaml@2.0.0',
  ])
})

it('refuses another lock, and a workspace that it does not know', () => {
  expect(() => listProductionPackages({ ...lock, lockfileVersion: 2 }, 'app')).toThrow('lockfileVersion 3, found 2')
  expect(() => listProductionPackages(lock, 'web')).toThrow('expected the workspace "web"')
})
