import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import { filesAt } from './revision.ts'

/** Where a checkout keeps the templates that are deployed. */
export const goldenFolder = 'infra/golden'

const isTemplate = (file: string) => file.endsWith('.template.json')

/** The golden templates of a checkout, by their files below the folder. Throws a `ConfigurationError` where there are none. */
export async function goldenTemplates(root: string): Promise<Map<string, object>> {
  const folder = join(root, goldenFolder)
  let files
  try {
    files = await readdir(folder, { recursive: true })
  } catch (error) {
    const hint = 'npm run generate writes them'
    throw new ConfigurationError([{ message: `expected golden templates in ${goldenFolder}, found none`, hint }], {
      cause: error,
    })
  }
  return new Map(
    await Promise.all(
      files
        .filter(isTemplate)
        .sort()
        .map(async (file) => [file, JSON.parse(await readFile(join(folder, file), 'utf8')) as object] as const),
    ),
  )
}

/** The golden templates of a checkout as they stand at a git revision; none where it had none yet. Throws as `filesAt` does. */
export function goldenTemplatesAt(root: string, revision: string): Map<string, object> {
  return new Map(
    [...filesAt(root, revision, goldenFolder, isTemplate)].map(([file, text]) => [file, JSON.parse(text) as object]),
  )
}
