/** GitHub's path and branch patterns: `*` stays within a segment, `**` does not, `?` and `+` count the character before, `[]` lists. */
function matchesPattern(pattern: string, value: string): boolean {
  let source = ''
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index)
    if (pattern.startsWith('**/', index)) {
      source += '(?:.*/)?'
      index += 2
    } else if (pattern.startsWith('**', index)) {
      source += '.*'
      index += 1
    } else if (character === '*') source += '[^/]*'
    else source += character.replaceAll(/[.^${}()|\\]/g, String.raw`\$&`)
  }
  return new RegExp(`^${source}$`).test(value)
}

/** The last pattern that matches decides; one that begins with `!` takes back. */
export function matchesAny(patterns: readonly string[], value: string): boolean {
  let matched = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) matched &&= !matchesPattern(pattern.slice(1), value)
    else matched ||= matchesPattern(pattern, value)
  }
  return matched
}

/** Whether a push of these files to this branch starts a workflow with these filters. */
export function isTriggered(
  filter: {
    readonly branches?: readonly string[]
    readonly paths?: readonly string[]
    readonly 'paths-ignore'?: readonly string[]
  },
  branch: string,
  files: readonly string[],
): boolean {
  if (filter.branches && !matchesAny(filter.branches, branch)) return false
  const { paths, 'paths-ignore': ignored } = filter
  if (paths && !files.some((file) => matchesAny(paths, file))) return false
  return !(ignored && files.every((file) => matchesAny(ignored, file)))
}
