import type { Condition, Rule } from '../model.ts'

/** What of a request the rules look at. */
export interface RoutedRequest {
  readonly method: string
  /** With query, as it came. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly sourceAddress: string
}

/** The first rule, in the order given, all of whose conditions hold. The default rule has none, so one always does. */
export function chooseRule(rules: readonly Rule[], request: RoutedRequest): Rule | undefined {
  return rules.find((rule) => rule.conditions.every((condition) => holds(condition, request)))
}

function holds({ field, name, values }: Condition, request: RoutedRequest): boolean {
  const mark = request.url.indexOf('?')
  const path = mark < 0 ? request.url : request.url.slice(0, mark)
  switch (field) {
    case 'path-pattern':
      return values.some((value) => pattern(value, '').test(path))
    case 'host-header': {
      const host = String(request.headers['host'] ?? '').replace(/:\d+$/, '')
      return values.some((value) => pattern(value, 'i').test(host))
    }
    case 'http-header': {
      const given = request.headers[(name ?? '').toLowerCase()]
      const all = given === undefined ? [] : [given].flat()
      return all.some((header) => values.some((value) => pattern(value, 'i').test(header)))
    }
    case 'http-request-method':
      return values.includes(request.method)
    case 'query-string': {
      const parameters = mark < 0 ? [] : request.url.slice(mark + 1).split('&')
      return values.some((value) => parameters.some((parameter) => matchesParameter(value, parameter)))
    }
    case 'source-ip':
      return values.some((value) => value === '0.0.0.0/0' || value.split('/')[0] === request.sourceAddress)
  }
}

/** A condition's value is `key=value`, or a value for any key. */
function matchesParameter(wanted: string, parameter: string): boolean {
  const given =
    parameter.includes('=') && !wanted.includes('=') ? parameter.slice(parameter.indexOf('=') + 1) : parameter
  return pattern(wanted, 'i').test(given)
}

const known = new Map<string, RegExp>()

/** `*` is any text, `?` is any one character (ELB user guide, "Wildcards in conditions"). */
function pattern(text: string, flags: string): RegExp {
  const key = `${flags}:${text}`
  const found = known.get(key)
  if (found) return found
  const source = text
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const made = new RegExp(`^${source}$`, `s${flags}`)
  known.set(key, made)
  return made
}
