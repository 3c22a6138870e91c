import { Fn } from 'aws-cdk-lib'
import { names } from '@sluice/core/names'

export const keyPurposes = ['data', 'artifacts'] as const
export type KeyPurpose = (typeof keyPurposes)[number]

export const keyExport = (environment: string, purpose: KeyPurpose) => `sluice-${environment}-${purpose}-key`

/** ARN of a key of the same region, from the keys stack. */
export function importKeyArn(environment: string, purpose: KeyPurpose): string {
  return Fn.importValue(keyExport(environment, purpose))
}

/** A key of any region by its alias: stacks of one region cannot import from another. */
export function keyAliasArn(
  place: { readonly partition: string; readonly account: string; readonly region: string },
  environment: string,
  purpose: KeyPurpose,
): string {
  return `arn:${place.partition}:kms:${place.region}:${place.account}:${names.keyAlias(environment, purpose)}`
}
