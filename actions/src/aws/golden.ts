import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError } from '@sluice/core/failure'
import { goldenStacksSchema, type GoldenStack } from '@sluice/core/stacks/stack'

/** The golden templates of an environment in a checkout: its stacks, and each one's template as compact JSON by file. */
export async function readGolden(
  root: string,
  environment: string,
): Promise<{ readonly stacks: GoldenStack[]; readonly templates: Map<string, string> }> {
  const folder = join(root, 'infra/golden')
  const text = await readFile(join(folder, 'stacks.json'), 'utf8').catch((error: unknown) => {
    const hint = 'check out the repository before this step; npm run generate writes it'
    throw new ConfigurationError([{ message: 'expected infra/golden/stacks.json, found none', hint }], { cause: error })
  })
  const stacks = goldenStacksSchema.parse(JSON.parse(text)).filter((stack) => stack.environment === environment)
  const templates = await Promise.all(
    stacks.map(async ({ file }) => {
      const template: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'))
      return [file, JSON.stringify(template)] as const
    }),
  )
  return { stacks, templates: new Map(templates) }
}
