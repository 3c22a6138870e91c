import { posix } from 'node:path'
import * as z from 'zod'
import { RegistryError } from '../errors.ts'
import type { PublishRequest } from '../packages/publish-document.ts'

/** shadcn's item types (ui.shadcn.com/schema/registry-item.json). */
const itemTypes = [
  'lib',
  'block',
  'component',
  'ui',
  'hook',
  'theme',
  'page',
  'file',
  'style',
  'base',
  'font',
  'item',
] as const
const itemType = z.enum(itemTypes.map((type) => `registry:${type}` as const))

const fileSchema = z
  .looseObject({
    path: z.string().min(1),
    type: itemType,
    target: z.string().optional(),
    content: z.string().optional(),
  })
  .refine(({ type, target }) => !['registry:file', 'registry:page'].includes(type) || target !== undefined, {
    message: 'expected a target for files of type registry:file and registry:page',
    path: ['target'],
  })

const itemSchema = z.looseObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    .optional(),
  type: itemType,
  title: z.string().optional(),
  description: z.string().optional(),
  dependencies: z.array(z.string()).optional(),
  devDependencies: z.array(z.string()).optional(),
  registryDependencies: z.array(z.string()).optional(),
  files: z.array(fileSchema).min(1, 'expected at least one file: shadcn installs nothing otherwise, without a word'),
  meta: z.record(z.string(), z.unknown()).optional(),
  categories: z.array(z.string()).optional(),
})
export type ComponentItem = z.output<typeof itemSchema>

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
  const files = item.files.map((file) => {
    checkTarget(file.target)
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
function checkTarget(target: string | undefined): void {
  if (target === undefined) return
  const below = target.startsWith('~/') ? target.slice(2) : target
  if (posix.isAbsolute(below) || below.includes('\\') || posix.normalize(below).split('/').includes('..')) {
    throw new RegistryError(
      'INVALID_MANIFEST',
      `registry-item.json: expected a target inside the project, found ${JSON.stringify(target)}`,
    )
  }
}
