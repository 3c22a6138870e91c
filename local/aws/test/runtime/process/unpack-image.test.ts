import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { unpackedRoots } from '../../../src/runtime/process/unpack-image.ts'
import type { UnpackedImage } from '../../../src/runtime/task-runtime.ts'
import { type Entry, smallLayer } from '../tiny-image.ts'

let folder: string
let outside: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-unpack-'))
  outside = join(folder, 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret'), 'untouched')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function unpack(...layers: ReadonlyArray<readonly Entry[]>): Promise<string> {
  const image: UnpackedImage = {
    reference: 'host/app@sha256:0',
    digest: `sha256:${'0'.repeat(64)}`,
    config: {},
    layers: await Promise.all(layers.map((entries) => smallLayer(folder, entries))),
  }
  return unpackedRoots(join(folder, 'images'), false).root(image)
}

describe('unpackedRoots', () => {
  it('puts layers on top of each other, with modes, links and long names', async () => {
    const long = `${'deep/'.repeat(40)}file`
    const root = await unpack(
      [
        { name: 'bin', type: 'symlink', linkname: 'usr/bin' },
        { name: 'usr/bin/tool', text: 'old', mode: 0o755 },
        { name: 'etc/config', text: 'one' },
        { name: long, text: 'far' },
      ],
      [
        { name: './bin/tool', text: 'new', mode: 0o700 },
        { name: 'bin/same', type: 'link', linkname: 'usr/bin/tool' },
        { name: 'etc/config', text: 'two' },
      ],
    )
    expect(lstatSync(join(root, 'bin')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(root, 'usr/bin/tool'), 'utf8')).toBe('new')
    expect(lstatSync(join(root, 'usr/bin/tool')).mode & 0o777).toBe(0o700)
    expect(lstatSync(join(root, 'usr/bin/same')).ino).toBe(lstatSync(join(root, 'usr/bin/tool')).ino)
    expect(readFileSync(join(root, 'etc/config'), 'utf8')).toBe('two')
    expect(readFileSync(join(root, long), 'utf8')).toBe('far')
  })

  it('honours whiteouts: one name, and everything below that a lower layer brought', async () => {
    const root = await unpack(
      [
        { name: 'a/gone', text: '' },
        { name: 'a/stays', text: '' },
        { name: 'b/old/deep', text: '' },
        { name: 'b/both/old', text: '' },
      ],
      [
        { name: 'a/.wh.gone', text: '' },
        { name: 'b/both/new', text: '' },
        { name: 'b/.wh..wh..opq', text: '' },
        { name: 'b/new', text: '' },
      ],
    )
    expect(readdirSync(join(root, 'a'))).toEqual(['stays'])
    expect(readdirSync(join(root, 'b')).toSorted()).toEqual(['both', 'new'])
    expect(readdirSync(join(root, 'b/both'))).toEqual(['new'])
  })

  it('unpacks an image once, however many ask at once', async () => {
    const layer = await smallLayer(folder, [{ name: 'x', text: 'x' }])
    const image = { reference: 'r', digest: `sha256:${'1'.repeat(64)}`, config: {}, layers: [layer] }
    const roots = unpackedRoots(join(folder, 'images'), false)
    const [first, second] = await Promise.all([roots.root(image), roots.root(image)])
    expect(first).toBe(second)
    rmSync(layer.file)
    expect(await unpackedRoots(join(folder, 'images'), false).root(image)).toBe(first)
  })

  it.each<[string, Entry[]]>([
    ['a name that climbs out', [{ name: '../../outside/secret', text: 'overwritten' }]],
    ['a hard link that climbs out', [{ name: 'x', type: 'link', linkname: '../../outside/secret' }]],
    ['a whiteout of the folder above', [{ name: 'a/.wh...', text: '' }]],
  ])('refuses %s, and leaves nothing half-done', async (_, entries) => {
    await expect(unpack(entries)).rejects.toThrow(/^CannotPullContainerError: cannot unpack host\/app@sha256:0/)
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('untouched')
    expect(readdirSync(join(folder, 'images')).flatMap((boot) => readdirSync(join(folder, 'images', boot)))).toEqual([])
  })

  it.each<[string, (target: string) => Entry[]]>([
    [
      'a link to a folder of the host',
      (target) => [
        { name: 'd', type: 'symlink', linkname: target },
        { name: 'd/secret', text: 'in' },
      ],
    ],
    [
      'a relative link to it',
      () => [
        { name: 'd', type: 'symlink', linkname: '../../../outside' },
        { name: 'd/secret', text: 'in' },
      ],
    ],
    [
      'a whiteout through a link',
      (target) => [
        { name: 'd', type: 'symlink', linkname: target },
        { name: 'd/.wh.secret', text: '' },
      ],
    ],
    [
      'a file in the place of a link',
      (target) => [
        { name: 'f', type: 'symlink', linkname: `${target}/secret` },
        { name: 'f', text: 'in' },
      ],
    ],
  ])('follows %s inside the image alone', async (_, entries) => {
    await unpack(entries(outside))
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('untouched')
  })

  it('refuses links that go round', async () => {
    const entries: Entry[] = [
      { name: 'a', type: 'symlink', linkname: 'b' },
      { name: 'b', type: 'symlink', linkname: 'a' },
      { name: 'a/x', text: '' },
    ]
    await expect(unpack(entries)).rejects.toThrow('Too many symbolic links')
  })

  it('removes what was left half-done, what another boot left, and what was not used lately', async () => {
    const images = join(folder, 'images')
    const layers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => smallLayer(folder, [{ name: 'x', text: String(index) }])),
    )
    const root = (roots: ReturnType<typeof unpackedRoots>, index: number) =>
      roots.root({
        reference: 'r',
        digest: `sha256:${String(index).repeat(64)}`,
        config: {},
        layers: layers.slice(index, index + 1),
      })
    const former = unpackedRoots(images, false)
    const places: string[] = []
    for (const index of layers.keys()) places.push(await root(former, index))
    for (const [index, place] of places.entries()) utimesSync(place, index, index)
    await root(unpackedRoots(join(folder, 'elsewhere'), false), 0)
    mkdirSync(join(places[0] ?? '', '../.unpacking-abc'))
    mkdirSync(join(images, 'another-boot/some-root'), { recursive: true })

    expect(await root(unpackedRoots(images, false), 9)).toBe(places[9])
    expect(places.map((place) => existsSync(place))).toEqual([false, false, ...Array.from({ length: 8 }, () => true)])
    expect(readdirSync(images)).toHaveLength(1)
    expect(readdirSync(join(places[9] ?? '', '..'))).toHaveLength(8)
  })

  it('refuses a digest that is none, and a layer that is cut short', async () => {
    const layer = await smallLayer(folder, [{ name: 'x', text: 'x'.repeat(10_000) }])
    const roots = unpackedRoots(join(folder, 'images'), false)
    const image = { reference: 'r', digest: '../escape', config: {}, layers: [layer] }
    await expect(roots.root(image)).rejects.toThrow('expected an image digest')
    writeFileSync(layer.file, readFileSync(layer.file).subarray(0, 60))
    await expect(roots.root({ ...image, digest: `sha256:${'2'.repeat(64)}` })).rejects.toThrow(
      'CannotPullContainerError',
    )
    expect(existsSync(join(folder, 'images', `sha256-${'2'.repeat(64)}`))).toBe(false)
  })
})
