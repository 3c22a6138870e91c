import type { RunInstructions } from './service-image.ts'

/**
 * Reads how the service starts from the final stage of its Dockerfile: `CMD` and `ENTRYPOINT` in exec form, `ENV` and
 * `EXPOSE`. So that `docker build` and the daemonless build start the same process. Throws a `RangeError` for a shell form:
 * the image has no shell.
 */
export function parseRunInstructions(dockerfile: string): RunInstructions {
  let environment: Record<string, string> = {}
  let ports: number[] = []
  let entrypoint: string[] = []
  let command: string[] = []
  for (const line of dockerfile.replaceAll(/\\\r?\n/g, ' ').split('\n')) {
    const [, instruction = '', rest = ''] = /^\s*([A-Za-z]+)\s+(.*?)\s*$/.exec(line) ?? []
    switch (instruction.toUpperCase()) {
      case 'FROM':
        environment = {}
        ports = []
        entrypoint = []
        command = []
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
  return { command: [...entrypoint, ...command], environment, ports: ports.filter((port) => Number.isInteger(port)) }
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
