import { parseDocument, isMap, type Document } from 'yaml'
import { ConfigurationError } from '@sluice/core/failure'

/** Files by path relative to their folder (`prod/registry.yaml`), path to text. */
export type Files = ReadonlyMap<string, string>

/**
 * Lays overlay files over environment files: maps are merged, everything else is replaced, comments and layout of the base
 * stay. `${NAME}` in the overlay is replaced by `variables`. Throws a `ConfigurationError` when the overlay names a file that
 * the base has not, or a variable that nobody gave.
 */
export function applyOverlay(
  base: Files,
  overlay: Files,
  variables: Readonly<Record<string, string>>,
): Map<string, string> {
  const result = new Map(base)
  const problems: string[] = []
  for (const [path, template] of overlay) {
    const text = template.replaceAll(/\$\{(\w+)\}/g, (whole, name: string) => {
      if (variables[name] == null)
        problems.push(`local/overlay/${path}: expected one of ${Object.keys(variables).join(', ')}, found ${whole}`)
      return variables[name] ?? whole
    })
    const below = base.get(path)
    if (below == null) {
      problems.push(`local/overlay/${path}: there is no environments/${path} to lay it over`)
      continue
    }
    const document = parseDocument(below)
    merge(document, [], parseDocument(text).toJS() as Readonly<Record<string, unknown>>)
    result.set(path, document.toString({ lineWidth: 0 }))
  }
  if (problems.length > 0) throw new ConfigurationError(problems.map((message) => ({ message })))
  return result
}

function merge(document: Document, at: readonly string[], changes: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(changes)) {
    const path = [...at, key]
    const isSection = value != null && typeof value === 'object' && !Array.isArray(value)
    if (isSection && isMap(document.getIn(path, true))) merge(document, path, value as Record<string, unknown>)
    else document.setIn(path, document.createNode(value))
  }
}
