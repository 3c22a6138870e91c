import type { RunInstructions } from './service-image.ts'

/** What the final stage of a Dockerfile says. */
export interface FinalStage {
  readonly run: RunInstructions
  /** The files and folders that it copies from the repository. */
  readonly sources: readonly string[]
}

/**
 * Reads how the service starts from the final stage of its Dockerfile: `CMD` and `ENTRYPOINT` in exec form, `ENV`,
 * `EXPOSE`, and what `COPY` brings from the repository. So that `docker build` and the daemonless build start the same process. Throws a `RangeError` for a shell form:
 * the image has no shell.
 */
export function parseFinalStage(dockerfile: string): FinalStage {
  let environment: Record<string, string> = {}
  let ports: number[] = []
  let entrypoint: string[] = []
  let command: string[] = []
  let sources: string[] = []
  for (const line of dockerfile.replaceAll(/\\\r?\n/g, ' ').split('\n')) {
    const [, instruction = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? []
    switch (instruction.toUpperCase()) {
      case 'FROM':
        environment = {}
        ports = []
        entrypoint = []
        command = []
        sources = []
        break
      case 'COPY':
        // From another stage come the dependencies, which have a layer of their own.
        if (!/(?:^|\s)--from=/.test(rest)) {
          const words = rest.split(/\s+/).filter((word) => !word.startsWith('--'))
          sources.push(...words.slice(0, -1).map((path) => path.replace(/^\.\//, '').replace(/\/$/, '')))
        }
        break
      case 'ENV':
        for (const [, name = '', quoted, bare = ''] of rest.matchAll(/(\w+)=(?:"([^"]*)"|(\S+))/g)) {
          environment[name] = quoted ?? bare
        }
        break
      case 'EXPOSE':
        ports.push(...rest.split(/\s+/).map((port) => Number(port.split('/')[0])))
        break
      case 'ENTRYPOINT':
        entrypoint = execForm(instruction, rest)
        break
      case 'CMD':
        command = execForm(instruction, rest)
        break
      default:
    }
  }
  if (entrypoint.length + command.length === 0) throw new RangeError('expected a CMD or ENTRYPOINT, found none')
  const run = {
    command: [...entrypoint, ...command],
    environment,
    ports: ports.filter((port) => Number.isInteger(port)),
  }
  return { run, sources }
}

function execForm(instruction: string, text: string): string[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    parsed = undefined
  }
  if (Array.isArray(parsed) && parsed.every((word) => typeof word === 'string')) return parsed
  throw new RangeError(
    `expected ${instruction} in exec form such as ["node", "src/main.ts"], found "${text}" (the image has no shell)`,
  )
}
