/** One command of `sluice`. Its file holds the parsing of its flags and the printing of its answer, and little else. */
export interface Command {
  readonly name: string
  /** One line for `sluice --help`. */
  readonly summary: string
  /** What `sluice <name> --help` prints: usage, flags and at least one example. */
  readonly help: string
  /** Resolves with the exit code. A `ConfigurationError` is printed without a stack; anything else with one. */
  run(args: readonly string[]): Promise<number>
}
