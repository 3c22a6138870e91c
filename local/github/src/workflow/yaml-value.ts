/** A mapping of a YAML file whose keys and values nobody has looked at. */
export type Mapping = Readonly<Record<string, unknown>>

/** A value as a mapping; an empty one when it is none. */
export function mapping(value: unknown): Mapping {
  return value != null && typeof value === 'object' && !Array.isArray(value) ? (value as Mapping) : {}
}

/** A scalar as text; undefined when there is none. */
export function textOf(value: unknown): string | undefined {
  return value == null ? undefined : String(value)
}

/** Reports every key that is not known. */
export function refuse(
  given: Mapping,
  known: readonly string[],
  where: string,
  report: (message: string) => void,
): void {
  for (const key of Object.keys(given))
    if (!known.includes(key)) report(`${where}: the key ${key} is not supported by the local runner`)
}
