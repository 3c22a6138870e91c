import type { ComponentSummary, PackageModel } from '../packages/model.ts'

/** One package as search knows it. */
export interface SearchDocument {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly keywords: readonly string[]
  readonly access: 'public' | 'restricted'
  readonly date: string
  readonly publisher: string
  readonly maintainers: readonly { readonly name: string; readonly email?: string }[]
  readonly links: Readonly<Record<string, string>>
  readonly license: string
  readonly versions: number
  readonly deprecated: boolean
  /** When the newest version carries a component. */
  readonly item: ComponentSummary | null
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export function documentOf(pkg: PackageModel): SearchDocument | null {
  const newest = pkg.versions.find(({ version }) => version === pkg.tags['latest']) ?? pkg.versions.at(-1)
  if (!newest) return null
  const { manifest } = newest
  const { keywords, homepage, repository, bugs } = manifest
  const repositoryUrl = text(repository) || text((repository as { url?: unknown } | undefined)?.url)
  const links = {
    homepage: text(homepage),
    repository: repositoryUrl,
    bugs: text((bugs as { url?: unknown } | undefined)?.url),
  }
  return {
    name: pkg.name,
    version: newest.version,
    description: text(manifest['description']),
    keywords: Array.isArray(keywords) ? keywords.filter((word) => typeof word === 'string') : [],
    access: pkg.access,
    date: newest.published,
    publisher: newest.publisher,
    maintainers: pkg.maintainers,
    links: Object.fromEntries(Object.entries(links).filter(([, url]) => url !== '')),
    license: text(manifest['license']),
    versions: pkg.versions.length,
    deprecated: newest.deprecated !== null,
    item: newest.component,
  }
}
