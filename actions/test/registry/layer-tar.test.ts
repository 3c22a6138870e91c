import { chmodSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { expect, it } from 'vitest'
import { writeFolder } from '../fakes/environments.ts'
import { layerCache } from '../../src/registry/layer-cache.ts'
import { writeLayer } from '../../src/registry/layer-tar.ts'

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const blob = () => join(mkdtempSync(join(tmpdir(), 'sluice-layer-')), 'blob')

function sources() {
  const folder = writeFolder({ 'src/main.ts': 'export {}', 'bin/run': '#!/bin/node' })
  chmodSync(`${folder}/bin/run`, 0o700)
  symlinkSync('../src/main.ts', `${folder}/bin/link`)
  return folder
}

async function list(file: string) {
  const entries: Record<string, unknown> = {}
  const reader = extract()
  reader.on('entry', ({ name, mode, uid, gid, mtime, type, linkname }, stream, next) => {
    entries[name] = {
      mode: mode?.toString(8),
      uid,
      gid,
      mtime: mtime?.getTime(),
      type,
      ...(linkname ? { linkname } : {}),
    }
    stream.resume().on('end', next)
  })
  await new Promise<void>((resolve, reject) => {
    reader.on('finish', () => resolve()).on('error', reject)
    reader.end(gunzipSync(readFileSync(file)))
  })
  return entries
}

it('writes the same bytes whatever the times on disk are', async () => {
  const [first, second] = [sources(), sources()]
  utimesSync(`${second}/src/main.ts`, 1, 1)
  const layers = await Promise.all([first, second].map((from) => writeLayer([{ path: 'srv/app', from }], blob())))
  expect(layers[0]).toEqual(layers[1])
})

it('names the digests of the compressed and of the unpacked bytes', async () => {
  const file = blob()
  const layer = await writeLayer([{ path: 'etc/passwd', text: 'root' }], file)
  const bytes = readFileSync(file)
  expect(layer).toMatchObject({ digest: sha256(bytes), size: bytes.length, diffId: sha256(gunzipSync(bytes)) })
})

it('owns everything by root, without times, and keeps links and what is executable', async () => {
  const file = blob()
  await writeLayer(
    [
      { path: 'srv/app', from: sources() },
      { path: 'tmp/', mode: 0o1777 },
    ],
    file,
  )
  const common = { uid: 0, gid: 0, mtime: 0 }
  expect(await list(file)).toEqual({
    'srv/': { ...common, mode: '755', type: 'directory' },
    'srv/app/': { ...common, mode: '755', type: 'directory' },
    'srv/app/bin/': { ...common, mode: '755', type: 'directory' },
    'srv/app/bin/link': { ...common, mode: '777', type: 'symlink', linkname: '../src/main.ts' },
    'srv/app/bin/run': { ...common, mode: '755', type: 'file' },
    'srv/app/src/': { ...common, mode: '755', type: 'directory' },
    'srv/app/src/main.ts': { ...common, mode: '644', type: 'file' },
    'tmp/': { ...common, mode: '1777', type: 'directory' },
  })
})

it('leaves no file behind when a source is missing', async () => {
  const file = blob()
  await expect(writeLayer([{ path: 'a', from: '/does/not/exist' }], file)).rejects.toThrow('ENOENT')
  expect(readdirSync(join(file, '..'))).toEqual([])
})

it('builds a layer once, and again when its blob is gone or cut short', async () => {
  const cache = layerCache(mkdtempSync(join(tmpdir(), 'sluice-cache-')))
  let built = 0
  const build = (file: string) => {
    built += 1
    return writeLayer([{ path: 'a', text: 'a' }], file)
  }
  const layer = await cache.layer(['key'], build)
  expect(await cache.layer(['key'], build)).toEqual(layer)
  expect(built).toBe(1)
  writeFileSync(cache.blobFile(layer.digest), 'cut')
  await cache.layer(['key'], build)
  await cache.layer(['another key'], build)
  expect(built).toBe(3)
})
