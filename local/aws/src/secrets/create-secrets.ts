import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AwsError, type AwsService } from '../endpoint/service.ts'
import { openStateStore } from '../state-store.ts'

interface SecretRecord {
  readonly value?: string
  readonly version: string
  readonly modified: string
}

/** Secrets Manager: one current version a secret. */
export interface Secrets {
  readonly service: AwsService
  value(nameOrArn: string): string | undefined
  arn(name: string): string
  /** Without a value the secret exists and is empty, as a template leaves it. */
  put(name: string, value?: string): void
}

export function createSecrets(options: {
  account: string
  region: string
  stateFolder: string
  now: () => Date
}): Secrets {
  const { account, region, now } = options
  const store = openStateStore<SecretRecord>(join(options.stateFolder, 'secrets.json'))
  /** AWS ends the ARN with six characters of its own; here they follow from the name. */
  const arn = (name: string) =>
    `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`
  const put: Secrets['put'] = (name, value) => {
    const kept = value ?? store.get(name)?.value
    store.set(name, { version: randomUUID(), modified: now().toISOString(), ...(kept == null ? {} : { value: kept }) })
  }
  const nameOf = (id: string): string | undefined => {
    if (store.get(id)) return id
    // ECS also takes ARNs without the six characters, and `arn:…:json-key:stage:id` behind them.
    return store
      .entries()
      .find(([name]) => id === arn(name) || id === arn(name).slice(0, -7) || id.startsWith(`${arn(name)}:`))?.[0]
  }
  const find = (id: string) => {
    const name = nameOf(id)
    const record = name == null ? undefined : store.get(name)
    if (name == null || !record) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    }
    return { name, record }
  }
  return {
    put,
    arn,
    value: (id) => {
      const name = nameOf(id)
      return name == null ? undefined : store.get(name)?.value
    },
    service: {
      protocol: 'json-1.1',
      targetPrefix: 'secretsmanager',
      operations: {
        CreateSecret: ({ Name, SecretString }: { Name: string; SecretString?: string }) => {
          if (store.get(Name)) {
            throw new AwsError(
              'ResourceExistsException',
              `The operation failed because the secret ${Name} already exists.`,
            )
          }
          put(Name, SecretString)
          return { ARN: arn(Name), Name, VersionId: store.get(Name)?.version }
        },
        PutSecretValue: ({ SecretId, SecretString }: { SecretId: string; SecretString: string }) => {
          const { name } = find(SecretId)
          put(name, SecretString)
          return { ARN: arn(name), Name: name, VersionId: store.get(name)?.version, VersionStages: ['AWSCURRENT'] }
        },
        GetSecretValue: ({ SecretId }: { SecretId: string }) => {
          const { name, record } = find(SecretId)
          if (record.value == null) {
            throw new AwsError(
              'ResourceNotFoundException',
              "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            )
          }
          return {
            ARN: arn(name),
            Name: name,
            VersionId: record.version,
            SecretString: record.value,
            VersionStages: ['AWSCURRENT'],
            CreatedDate: new Date(record.modified),
          }
        },
        DescribeSecret: ({ SecretId }: { SecretId: string }) => {
          const { name, record } = find(SecretId)
          return { ARN: arn(name), Name: name, LastChangedDate: new Date(record.modified) }
        },
      },
    },
  }
}
