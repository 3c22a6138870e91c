/** A statement of an identity policy, as templates write it. */
export interface Grant {
  readonly Effect?: string
  readonly Action: readonly string[]
  readonly Resource: string | readonly string[]
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

/** One question to IAM. */
export interface Ask {
  readonly action: string
  readonly resource: string
  readonly keys?: Readonly<Record<string, string>>
}

/**
 * Whether statements grant an action on a resource: keys joined by AND, values by OR, a key that the request lacks never matches, an
 * operator that is not known here grants nothing. Throws for a deny, which no policy of this repository has.
 */
export function isGranted(statements: readonly Grant[], { action, resource, keys = {} }: Ask): boolean {
  return statements.some(({ Effect = 'Allow', Action, Resource, Condition = {} }) => {
    if (Effect !== 'Allow') throw new Error(`expected statements that allow, found ${Effect}`)
    return (
      Action.some((one) => matches(one, action)) &&
      [Resource].flat().some((one) => matches(one, resource)) &&
      Object.entries(Condition).every(([operator, wanted]) =>
        Object.entries(wanted).every(([key, values]) => {
          const found = keys[key]
          return found != null && [values].flat().some((value) => operators[operator]?.(value, found) ?? false)
        }),
      )
    )
  })
}

const operators: Readonly<Record<string, (wanted: string, found: string) => boolean>> = {
  StringEquals: (wanted, found) => wanted === found,
  ArnEquals: matches,
  ArnLike: matches,
}

/** IAM's `*`; a resource that was asked for with a star of its own is covered by an equal pattern. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value)
}
