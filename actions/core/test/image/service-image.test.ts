import { describe, expect, it } from 'vitest'
import { belongsInImage } from '../../src/image/layer-paths.ts'
import { mediaTypes, selectPlatform, type Layer } from '../../src/image/oci.ts'
import { parseFinalStage } from '../../src/image/run-instructions.ts'
import { assembleImage, refuseBase, type ServiceImage } from '../../src/image/service-image.ts'

const layer = (letter: string): Layer => ({
  mediaType: mediaTypes.layer,
  digest: `sha256:${letter.repeat(64)}`,
  diffId: `sha256:${letter.toUpperCase().repeat(64)}`,
  size: 10,
})
const image = (values: Partial<ServiceImage> = {}): ServiceImage => ({
  base: {
    name: 'local-base',
    layers: [layer('a')],
    config: {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin', 'NODE_ENV=development'] },
      rootfs: { type: 'layers', diff_ids: [] },
    },
  },
  layers: [layer('b'), layer('c')],
  run: { command: ['node', 'src/main.ts'], environment: { NODE_ENV: 'production' }, ports: [8080] },
  workingDirectory: '/srv/app',
  commit: 'f'.repeat(40),
  committedAt: '2026-11-20T12:00:00.000Z',
  version: '1.0.0+fffffff',
  source: 'https://github.com/acme/sluice',
  ...values,
})
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))

describe('an image', () => {
  it('has the same digest for the same input, and another for another commit', () => {
    expect(assembleImage(image()).digest).toBe(assembleImage(image()).digest)
    expect(assembleImage(image({ commit: 'e'.repeat(40) })).digest).not.toBe(assembleImage(image()).digest)
  })

  it('runs as a numeric user that is not root, and overrides the variables of its base', () => {
    expect(decode(assembleImage(image()).config)).toMatchObject({
      config: {
        User: '65532:65532',
        Env: ['PATH=/bin', 'NODE_ENV=production'],
        Cmd: ['node', 'src/main.ts'],
        WorkingDir: '/srv/app',
        ExposedPorts: { '8080/tcp': {} },
        Labels: { 'org.opencontainers.image.revision': 'f'.repeat(40), 'dev.sluice.base': 'local-base' },
      },
    })
  })

  it('lists base layers first, compressed in the manifest and unpacked in the configuration', () => {
    const { manifest, config, configDigest } = assembleImage(image())
    expect(decode(manifest).layers.map(({ digest }: Layer) => digest)).toEqual(
      ['a', 'b', 'c'].map((x) => layer(x).digest),
    )
    expect(decode(config).rootfs.diff_ids).toEqual(['a', 'b', 'c'].map((x) => layer(x).diffId))
    expect(decode(manifest).config.digest).toBe(configDigest)
  })

  it("names Docker's layers by OCI's type", () => {
    const docker = { ...layer('a'), mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip' }
    const { manifest } = assembleImage(image({ base: { ...image().base, layers: [docker] } }))
    expect(decode(manifest).layers[0].mediaType).toBe(mediaTypes.layer)
  })
})

it.each([
  ['local-base', '000000000000', false],
  ['local-base', '999999999999', true],
  [`docker.io/node@sha256:${'a'.repeat(64)}`, '999999999999', false],
])('lets %s into account %s, or not', (base, account, refused) => {
  expect(refuseBase(base, account) != null).toBe(refused)
})

describe('run instructions', () => {
  it('are those of the final stage', () => {
    const dockerfile = `FROM node AS build
CMD ["npm", "test"]
ENV A=1
FROM \${BASE}
ENV NODE_ENV=production \\
    NODE_OPTIONS="--enable-source-maps --no-warnings"
COPY --from=build /srv/node_modules /srv/node_modules
COPY --chown=65532 app/package.json ./app/migrate.ts ./
COPY app/src/ ./src
EXPOSE 8080/tcp
USER 65532
CMD ["node", "src/main.ts"]
`
    expect(parseFinalStage(dockerfile)).toEqual({
      run: {
        command: ['node', 'src/main.ts'],
        environment: { NODE_ENV: 'production', NODE_OPTIONS: '--enable-source-maps --no-warnings' },
        ports: [8080],
      },
      sources: ['app/package.json', 'app/migrate.ts', 'app/src'],
    })
  })

  it('join entry point and command', () => {
    expect(parseFinalStage('ENTRYPOINT ["node"]\nCMD ["a.ts"]').run.command).toEqual(['node', 'a.ts'])
  })

  it.each(['CMD node src/main.ts', 'CMD [1]'])('refuse %s: the image has no shell', (text) => {
    expect(() => parseFinalStage(text)).toThrow('expected CMD in exec form')
  })

  it('refuse to be absent', () => {
    expect(() => parseFinalStage('FROM x')).toThrow('expected a CMD or ENTRYPOINT')
  })
})

it.each([
  ['src/main.ts', true],
  ['migrate.ts', true],
  ['package.json', true],
  ['migrations/1.sql', true],
  ['test/main.test.ts', false],
  ['acceptance/api.test.ts', false],
  ['Dockerfile', false],
  ['tsconfig.json', false],
])('puts %s into the image where no Dockerfile says what to copy: %s', (path, expected) => {
  expect(belongsInImage(`app/${path}`, 'app', [])).toBe(expected)
})

it.each([
  ['app/src/main.ts', true],
  ['app/migrate.ts', true],
  ['app/src2/main.ts', false],
  ['app/bin/postgres.ts', false],
])('puts %s into the image where a Dockerfile copies src and migrate.ts: %s', (path, expected) => {
  expect(belongsInImage(path, 'app', ['app/src', 'app/migrate.ts'])).toBe(expected)
})

it('selects the manifest of a platform, and names those there are', () => {
  const manifests = [{ ...layer('a'), platform: { os: 'linux', architecture: 'arm64' } }]
  expect(selectPlatform({ manifests }, 'linux', 'arm64').digest).toBe(layer('a').digest)
  expect(() => selectPlatform({ manifests }, 'linux', 'amd64')).toThrow('found linux/arm64')
})
