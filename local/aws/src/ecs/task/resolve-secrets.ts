import type { ContainerDefinition } from '@aws-sdk/client-ecs'

/** Where the values behind `valueFrom` come from. */
export interface ValueStore {
  value(nameOrArn: string): string | undefined
}

const unable = 'ResourceInitializationError: unable to pull secrets or registry auth: '

/**
 * A container's `secrets` as environment variables: Secrets Manager by ARN (with `:json-key:version-stage:version-id`
 * behind it), SSM parameters by name or ARN; a bare name that is no parameter may name a secret.
 * Throws in ECS's words when one cannot be had.
 */
export function resolveSecrets(
  container: ContainerDefinition,
  secrets: ValueStore,
  parameters: ValueStore,
): Record<string, string> {
  return Object.fromEntries(
    (container.secrets ?? []).map(({ name = '', valueFrom = '' }) => [name, resolve(valueFrom, secrets, parameters)]),
  )
}

function resolve(valueFrom: string, secrets: ValueStore, parameters: ValueStore): string {
  if (!/^arn:[^:]+:secretsmanager:/.test(valueFrom)) {
    const value = parameters.value(valueFrom) ?? (valueFrom.startsWith('arn:') ? undefined : secrets.value(valueFrom))
    if (value == null) throw new Error(`${unable}unable to retrieve secrets from ssm: invalid parameters: ${valueFrom}`)
    return value
  }
  const parts = valueFrom.split(':')
  const arn = parts.slice(0, 7).join(':')
  const key = parts[7] ?? ''
  const value = secrets.value(arn)
  if (value == null) {
    throw new Error(
      `${unable}unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret: ${arn}`,
    )
  }
  if (key === '') return value
  const field = fieldOf(value, key)
  if (field == null) throw new Error(`${unable}retrieved secret from Secrets Manager did not contain json key ${key}`)
  return field
}

function fieldOf(text: string, key: string): string | undefined {
  try {
    const field = (JSON.parse(text) as Record<string, unknown>)[key]
    if (field == null) return undefined
    return typeof field === 'string' ? field : JSON.stringify(field)
  } catch {
    return undefined
  }
}
