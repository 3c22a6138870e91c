import type { PackageModel, VersionModel } from '../packages/model.ts'
import type { ComponentItem } from './item.ts'

/**
 * An item as `shadcn add` reads it. `meta` says which version this is and what its package's integrity is: nothing else in
 * shadcn's protocol records it.
 */
export function renderItem(pkg: PackageModel, version: VersionModel, item: ComponentItem): object {
  const { description, author, homepage } = version.manifest
  const stated = {
    ...(typeof description === 'string' && { description }),
    // Shorter ones are refused by shadcn.
    ...(typeof author === 'string' && author.length > 1 && { author }),
    ...(typeof homepage === 'string' && { docs: homepage }),
  }
  return {
    $schema: 'https://ui.shadcn.com/schema/registry-item.json',
    ...stated,
    ...item,
    meta: {
      ...item.meta,
      package: pkg.name,
      version: version.version,
      integrity: version.integrity,
      published: version.published,
      ...(version.deprecated && { deprecated: version.deprecated }),
    },
  }
}

/** What the CLI asks for before it writes anything, when components.json names a base colour. Empty: nothing is changed. */
export const emptyColors = {
  inlineColors: { light: {}, dark: {} },
  cssVars: {},
  cssVarsV4: {},
  inlineColorsTemplate: '',
  cssVarsTemplate: '',
}
