/** Folders of a service that its image does not carry: what tests, measures or documents it. */
const leftOut = new Set(['test', 'acceptance', 'bench', 'fixtures', 'coverage', 'node_modules'])
const leftOutFiles = /^(?:Dockerfile|\.dockerignore|tsconfig\.json|README\.md|.*\.tsbuildinfo)$/

/** Whether a tracked file of the service's folder belongs in its image. `path` is relative to that folder. */
export function belongsInImage(path: string): boolean {
  const [first = '', ...rest] = path.split('/')
  if (rest.length === 0) return !leftOutFiles.test(first)
  return !leftOut.has(first)
}
