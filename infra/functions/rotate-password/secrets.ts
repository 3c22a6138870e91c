import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import type { Secrets } from './steps.ts'

/** The secrets of Secrets Manager. */
export function secretsOf(client: SecretsManagerClient): Secrets {
  return {
    async describe(id) {
      const { RotationEnabled, VersionIdsToStages = {} } = await client.send(
        new DescribeSecretCommand({ SecretId: id }),
      )
      // Absent while a new schedule is being tried out.
      return { isRefused: RotationEnabled === false, stages: VersionIdsToStages }
    },
    async read(id, stage, version) {
      try {
        const command = new GetSecretValueCommand({ SecretId: id, VersionStage: stage, VersionId: version })
        return (await client.send(command)).SecretString
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined
        throw error
      }
    },
    async newPassword() {
      const command = new GetRandomPasswordCommand({ PasswordLength: 40, ExcludePunctuation: true })
      const { RandomPassword } = await client.send(command)
      if (!RandomPassword) throw new Error('expected a password of Secrets Manager, found none')
      return RandomPassword
    },
    async putPending(id, version, text) {
      await client.send(
        new PutSecretValueCommand({
          SecretId: id,
          ClientRequestToken: version,
          SecretString: text,
          VersionStages: ['AWSPENDING'],
        }),
      )
    },
    async makeCurrent(id, version, before) {
      await client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: id,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: version,
          RemoveFromVersionId: before,
        }),
      )
    },
  }
}
