import { join } from 'node:path'
import { AwsError, type AwsService } from '../endpoint/service.ts'
import { openStateStore } from '../state-store.ts'

interface ParameterRecord {
  readonly value: string
  readonly type: string
  readonly version: number
  readonly modified: string
}

/** SSM Parameter Store. */
export interface Parameters {
  readonly service: AwsService
  /** By name or ARN, as task definitions name them. */
  value(nameOrArn: string): string | undefined
  put(name: string, value: string, type?: string): void
}

export function createParameters(options: {
  account: string
  region: string
  stateFolder: string
  now: () => Date
}): Parameters {
  const { account, region, now } = options
  const store = openStateStore<ParameterRecord>(join(options.stateFolder, 'ssm.json'))
  const arnOf = (name: string) => `arn:aws:ssm:${region}:${account}:parameter${name.startsWith('/') ? '' : '/'}${name}`
  const put: Parameters['put'] = (name, value, type = 'String') =>
    store.set(name, { value, type, version: (store.get(name)?.version ?? 0) + 1, modified: now().toISOString() })
  const describe = (name: string, { value, type, version, modified }: ParameterRecord) => ({
    Name: name,
    Type: type,
    Value: value,
    Version: version,
    LastModifiedDate: new Date(modified),
    ARN: arnOf(name),
    DataType: 'text',
  })
  const find = (name: string) => {
    const record = store.get(name)
    if (!record) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`)
    return describe(name, record)
  }
  return {
    put,
    value: (nameOrArn) =>
      (store.get(nameOrArn) ?? store.entries().find(([name]) => arnOf(name) === nameOrArn)?.[1])?.value,
    service: {
      protocol: 'json-1.1',
      targetPrefix: 'AmazonSSM',
      operations: {
        PutParameter: (input: { Name: string; Value: string; Type?: string; Overwrite?: boolean }) => {
          if (store.get(input.Name) && input.Overwrite !== true) {
            throw new AwsError(
              'ParameterAlreadyExists',
              'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
            )
          }
          put(input.Name, input.Value, input.Type)
          return { Version: store.get(input.Name)?.version, Tier: 'Standard' }
        },
        GetParameter: ({ Name }: { Name: string }) => ({ Parameter: find(Name) }),
        GetParameters: ({ Names }: { Names: readonly string[] }) => ({
          Parameters: Names.flatMap((name) => {
            const record = store.get(name)
            return record ? [describe(name, record)] : []
          }),
          InvalidParameters: Names.filter((name) => !store.get(name)),
        }),
        GetParametersByPath: ({ Path, Recursive }: { Path: string; Recursive?: boolean }) => {
          const prefix = Path.endsWith('/') ? Path : `${Path}/`
          return {
            Parameters: store
              .entries()
              .filter(
                ([name]) => name.startsWith(prefix) && (Recursive === true || !name.slice(prefix.length).includes('/')),
              )
              .map(([name, record]) => describe(name, record)),
          }
        },
        DeleteParameter: ({ Name }: { Name: string }) => {
          find(Name)
          store.delete(Name)
          return {}
        },
        DeleteParameters: ({ Names }: { Names: readonly string[] }) => {
          const found = Names.filter((name) => store.get(name))
          for (const name of found) store.delete(name)
          return { DeletedParameters: found, InvalidParameters: Names.filter((name) => !found.includes(name)) }
        },
      },
    },
  }
}
