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
