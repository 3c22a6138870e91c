/** What intrinsic functions are resolved against. */
export interface Scope {
  readonly parameters: Readonly<Record<string, unknown>>
  readonly mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>
  readonly conditions: Readonly<Record<string, unknown>>
  readonly pseudo: Readonly<Record<string, unknown>>
  /** `Ref` of a resource: its physical id. */
  ref(logicalId: string): unknown
  getAtt(logicalId: string, attribute: string): unknown
  importValue(name: string): unknown
}

/** Stands for `AWS::NoValue`: the property that holds it is left out. */
const noValue = Symbol('AWS::NoValue')

type Intrinsic = (argument: unknown, scope: Scope) => unknown

/** A template value with every intrinsic function resolved. Throws an `Error` that names what cannot be. */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolved = resolve(value, scope)
  return resolved === noValue ? undefined : resolved
}

/** Whether a condition of the template holds; no name means it does. */
export function conditionHolds(name: string | undefined, scope: Scope): boolean {
  if (name == null) return true
  if (!(name in scope.conditions)) throw new Error(`the template has no condition ${name}`)
  return resolve(scope.conditions[name], scope) === true
}

function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== noValue)
  if (value == null || typeof value !== 'object') return value
  const entries = Object.entries(value)
  const [only] = entries
  if (entries.length === 1 && only) {
    const intrinsic = intrinsics[only[0]]
    if (intrinsic) return intrinsic(only[1], scope)
    if (only[0].startsWith('Fn::')) throw new Error(`sluice's local CloudFormation does not cover ${only[0]}`)
  }
  return Object.fromEntries(
    entries.map(([key, item]) => [key, resolve(item, scope)] as const).filter(([, item]) => item !== noValue),
  )
}

const list = (argument: unknown, scope: Scope) => resolve(argument, scope) as unknown[]

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return noValue
  if (name in scope.pseudo) return scope.pseudo[name]
  if (name in scope.parameters) return scope.parameters[name]
  return scope.ref(name)
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, variables] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [argument as string, {}]
  return text.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (name in variables) return String(resolve(variables[name], scope))
    const [logicalId = '', ...attribute] = name.split('.')
    return String(attribute.length > 0 ? scope.getAtt(logicalId, attribute.join('.')) : reference(name, scope))
  })
}

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => reference(argument as string, scope),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId = '', ...attribute] = Array.isArray(argument)
      ? (argument as string[])
      : (argument as string).split('.')
    return scope.getAtt(logicalId, attribute.join('.'))
  },
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = argument as [string, unknown]
    return list(parts, scope).join(separator)
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = argument as [number | string, unknown]
    return list(items, scope)[Number(resolve(index, scope))]
  },
  'Fn::Split': (argument, scope) => {
    const [separator, text] = argument as [string, unknown]
    return String(resolve(text, scope)).split(separator)
  },
  'Fn::GetAZs': (argument, scope) => {
    const region = String(resolve(argument, scope) || scope.pseudo['AWS::Region'])
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`)
  },
  'Fn::FindInMap': (argument, scope) => {
    const [map = '', first = '', second = ''] = list(argument, scope) as string[]
    return scope.mappings[map]?.[first]?.[second]
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(String(resolve(argument, scope))),
  'Fn::Base64': (argument, scope) => Buffer.from(String(resolve(argument, scope))).toString('base64'),
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
  'Fn::Cidr': (argument, scope) => {
    const [block, count] = list(argument, scope)
    return Array.from({ length: Number(count) }, (_, index) => `${String(block)}#${index}`)
  },
  'Fn::If': (argument, scope) => {
    const [condition, then, otherwise] = argument as [string, unknown, unknown]
    return resolve(conditionHolds(condition, scope) ? then : otherwise, scope)
  },
  'Fn::Equals': (argument, scope) => {
    const [a, b] = list(argument, scope)
    return a === b
  },
  'Fn::And': (argument, scope) => list(argument, scope).every(Boolean),
  'Fn::Or': (argument, scope) => list(argument, scope).some(Boolean),
  'Fn::Not': (argument, scope) => !list(argument, scope)[0],
  Condition: (argument, scope) =>
    typeof argument === 'string' ? conditionHolds(argument, scope) : { Condition: resolve(argument, scope) },
}

/** The logical ids that a value refers to, for the order in which resources are made. */
export function references(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) references(item, found)
  else if (value != null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (key === 'Ref') found.add(item as string)
      else if (key === 'Fn::GetAtt')
        found.add(Array.isArray(item) ? (item[0] as string) : ((item as string).split('.')[0] ?? ''))
      else if (key === 'Fn::Sub') {
        const text = Array.isArray(item) ? (item[0] as string) : (item as string)
        for (const [, name] of text.matchAll(/\$\{([^!}.]+)/g)) found.add(name ?? '')
        references(item, found)
      } else references(item, found)
    }
  }
  return found
}
