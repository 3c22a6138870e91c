/** Folders of a service that its image does not carry: what tests, measures or documents it. */
const leftOut = new Set(['test', 'acceptance', 'bench', 'fixtures', 'coverage', 'node_modules'])
const leftOutFiles = /^(?:Dockerfile|\.dockerignore|tsconfig\.json|README\.md|.*\.tsbuildinfo)$/

/**
 * Whether a tracked file of the service's folder belongs in its image: what the Dockerfile copies, or without one everything
 * but what tests, measures or documents. `path` and `sources` are relative to the repository.
 */
export function belongsInImage(file: string, servicePath: string, sources: readonly string[]): boolean {
  if (sources.length > 0) return sources.some((source) => file === source || file.startsWith(`${source}/`))
  const path = file.slice(servicePath.length + 1)
  const [first = '', ...rest] = path.split('/')
  if (rest.length === 0) return !leftOutFiles.test(first)
  return !leftOut.has(first)
}
