/** What CloudFormation makes of a template's value, for the functions that names of records are made with. */
export function resolveIntrinsics(value: unknown, attributes: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(value)) return value.map((one) => resolveIntrinsics(one, attributes))
  if (typeof value !== 'object' || value === null) return value
  const [name = ''] = Object.keys(value)
  const given = Object.values(value)[0] as unknown[]
  const resolve = (one: unknown) => resolveIntrinsics(one, attributes)
  switch (name) {
    case 'Fn::GetAtt': {
      const found = attributes[given.join('.')]
      if (found === undefined) throw new Error(`there is no attribute ${given.join('.')}`)
      return found
    }
    case 'Fn::Join':
      return (resolve(given[1]) as string[]).join(given[0] as string)
    case 'Fn::Split':
      return (resolve(given[1]) as string).split(given[0] as string)
    case 'Fn::Select': {
      const found = (resolve(given[1]) as string[])[Number(given[0])]
      if (found === undefined)
        throw new Error(`Fn::Select cannot select nonexistent value at index ${String(given[0])}`)
      return found
    }
    default:
      throw new Error(`expected a function of CloudFormation that this test knows, found ${name}`)
  }
}
