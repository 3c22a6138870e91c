import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { connect } from './connect.ts'
import { secretsOf } from './secrets.ts'
import { rotate, type RotationEvent } from './steps.ts'

const secrets = secretsOf(new SecretsManagerClient({}))

/** Rotates the master password of a database: the function of `infra/lib/data/rotation.ts` in Lambda. */
export async function handler(event: RotationEvent): Promise<void> {
  await rotate(event, secrets, connect)
}
