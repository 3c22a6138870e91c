/** Where in a checked-in file a problem lies. Lines and columns count from 1, as GitHub's annotations do. */
export interface Location {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** One thing that a reader of the repository can mend. */
export interface Problem {
  /** What was expected and what was found. */
  readonly message: string
  readonly location?: Location
  /** What to do about it. */
  readonly hint?: string
}

/**
 * The reader's to mend: bad input, a bad file, a missing setting. Everything else that is thrown is a bug or an outage,
 * and never a verdict. Carries all problems at once.
 */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[] | string, options?: ErrorOptions) {
    const list = typeof problems === 'string' ? [{ message: problems }] : problems
    super(list.map(describeProblem).join('\n'), options)
    this.problems = list
  }
}

/** `file:line: message (hint)`, the form that editors and terminals make clickable. */
export function describeProblem({ message, location, hint }: Problem): string {
  const at = location ? `${location.file}${location.line == null ? '' : `:${location.line}`}: ` : ''
  return `${at}${message}${hint == null ? '' : ` (${hint})`}`
}
