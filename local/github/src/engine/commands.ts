/** A workflow command: `::error file=a.ts,line=3::message`. */
export interface WorkflowCommand {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly message: string
}

/** Reads a line of a step's output; `undefined` when it is no command. */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const match = /^::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/s.exec(line.trimStart())
  if (!match) return undefined
  const properties = Object.fromEntries(
    (match[2] ?? '')
      .split(',')
      .map((pair) => pair.trim().split('='))
      .filter(([key, ...value]) => key && value.length > 0)
      .map(([key = '', ...value]) => [key, unescape(value.join('='), true)]),
  )
  return { name: match[1] ?? '', properties, message: unescape(match[3] ?? '', false) }
}

/** The toolkit escapes what would end a line or a property (@actions/core, command.ts). */
function unescape(text: string, isProperty: boolean): string {
  const message = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n')
  return (isProperty ? message.replaceAll('%3A', ':').replaceAll('%2C', ',') : message).replaceAll('%25', '%')
}

/** The pairs of a file such as GITHUB_OUTPUT: `name=value`, or `name<<DELIMITER` and lines up to it. Throws on anything else. */
export function parseFileCommands(text: string, file: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split(/\r?\n/)
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line === '') continue
    const multi = /^([^=]+?)<<(.+)$/.exec(line)
    const equals = line.indexOf('=')
    if (multi && (equals < 0 || equals > line.indexOf('<<'))) {
      const end = lines.indexOf(multi[2] ?? '', index + 1)
      if (end < 0) throw new Error(`${file}: ${multi[1]} has no closing "${multi[2]}"`)
      values[multi[1] ?? ''] = lines.slice(index + 1, end).join('\n')
      index = end
    } else if (equals > 0) values[line.slice(0, equals)] = line.slice(equals + 1)
    else throw new Error(`${file}: expected name=value, found "${line}"`)
  }
  return values
}

/** Hides secrets in everything that leaves a job. */
export class Masks {
  readonly #values = new Set<string>()

  add(value: string): void {
    for (const line of value.split(/\r?\n/)) if (line.trim().length > 3) this.#values.add(line.trim())
  }

  apply(text: string): string {
    let masked = text
    for (const value of this.#values) masked = masked.replaceAll(value, '***')
    return masked
  }
}
