import { posix } from 'node:path'
import * as z from 'zod'
import { RegistryError } from '../errors.ts'
import type { PublishRequest } from '../packages/publish-document.ts'
import { itemSchema } from './item-schema.ts'
import type { StatedItem } from './item-schema.ts'

/** An item as it is stored: its name, its files with their contents, and whatever else it states. */
export interface ComponentItem {
  readonly name: string
  readonly type: StatedItem['type']
  readonly files: readonly (NonNullable<StatedItem['files']>[number] & { readonly content: string })[]
  readonly meta?: Readonly<Record<string, unknown>> | undefined
  readonly [field: string]: unknown
}

/**
 * The component that a package carries: `registry-item.json` beside its package.json, with the files' contents put in. Nothing
 * when it carries none.
 *
 * @throws RegistryError INVALID_MANIFEST when there is one that shadcn could not install
 */
export function componentOf({ contents, name }: Pick<PublishRequest, 'contents' | 'name'>): ComponentItem | undefined {
  const bytes = contents.get('registry-item.json')
  if (!bytes) return undefined
  let stated: unknown
  try {
    stated = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new RegistryError('INVALID_MANIFEST', 'registry-item.json is not JSON', { cause })
  }
  const parsed = itemSchema.safeParse(stated)
  if (!parsed.success)
    throw new RegistryError('INVALID_MANIFEST', `registry-item.json: ${z.prettifyError(parsed.error)}`)
  const item = parsed.data
  const files = (item.files ?? []).map((file) => {
    checkInside('a target inside the project', file.target)
    checkInside('the path of a file inside the package', file.path)
    const path = posix.normalize(file.path)
    const content = file.content ?? contents.get(path)?.toString('utf8')
    if (content === undefined) {
      throw new RegistryError(
        'INVALID_MANIFEST',
        `registry-item.json names ${file.path}, which is not in the package as a text file`,
      )
    }
    return { ...file, path, content }
  })
  return { ...item, name: item.name ?? name.slice(name.indexOf('/') + 1), files }
}

/** The client refuses targets that leave the project ("unsafe file path"); so nobody can publish one. */
function checkInside(expected: string, path: string | undefined): void {
  if (path === undefined) return
  const below = path.startsWith('~/') ? path.slice(2) : path
  if (posix.isAbsolute(below) || below.includes('\\') || posix.normalize(below).split('/').includes('..')) {
    throw new RegistryError(
      'INVALID_MANIFEST',
      `registry-item.json: expected ${expected}, found ${JSON.stringify(path)}`,
    )
  }
}
