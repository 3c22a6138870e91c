/** The pairs of a file such as GITHUB_OUTPUT: `name=value`, or `name<<DELIMITER` and lines up to it. Throws on anything else. */
export function parseFileCommands(text: string, file: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const contentOf = (line: string) => line.replace(/\r?\n$/, '')
  for (let index = 0; index < lines.length; index++) {
    const line = contentOf(lines[index] ?? '')
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (heredoc >= 0 && (equals < 0 || heredoc < equals)) {
      const name = line.slice(0, heredoc)
      const delimiter = line.slice(heredoc + 2)
      if (name === '' || delimiter === '') throw new Error(`${file}: expected name<<DELIMITER, found "${line}"`)
      const end = lines.findIndex((one, at) => at > index && contentOf(one) === delimiter)
      if (end < 0) throw new Error(`${file}: ${name} has no closing "${delimiter}"`)
      // The line breaks within are kept as they are; the one before the delimiter belongs to the delimiter.
      values[name] = contentOf(lines.slice(index + 1, end).join(''))
      index = end
    } else if (equals > 0) values[line.slice(0, equals)] = line.slice(equals + 1)
    else throw new Error(`${file}: expected name=value, found "${line}"`)
  }
  return values
}

/** The variables that a step sets for those after it. Throws on NODE_OPTIONS, which the runner keeps from every program. */
export function parseEnvironment(text: string): Record<string, string> {
  const values = parseFileCommands(text, 'GITHUB_ENV')
  if (Object.keys(values).some((name) => name.toUpperCase() === 'NODE_OPTIONS'))
    throw new Error("Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command.")
  return values
}
