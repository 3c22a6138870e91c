import { createSign } from 'node:crypto'
import * as core from '@actions/core'
import { context, getOctokit } from '@actions/github'
import { ConfigurationError } from '@sluice/core/failure'

/** A token, and whether what it pushes and merges starts workflows: an App's does, a job's own does not. */
export interface PromotionToken {
  readonly token: string
  readonly startsWorkflows: boolean
}

/**
 * The token that promotions are opened with: of a GitHub App, for this repository and with two permissions, when one is
 * given, else the job's own. https://docs.github.com/apps, "Generating an installation access token".
 */
export async function promotionToken(inputs: {
  readonly token: string
  readonly 'app-id'?: string | undefined
  readonly 'app-private-key'?: string | undefined
}): Promise<PromotionToken> {
  const { 'app-id': id, 'app-private-key': key } = inputs
  if (id == null && key == null) return { token: inputs.token, startsWorkflows: false }
  if (id == null || key == null) {
    throw new ConfigurationError('expected "app-id" and "app-private-key" together, found one of them')
  }
  core.setSecret(key)
  const asApp = getOctokit(signedClaim(id, key, Math.floor(Date.now() / 1000)))
  const { owner, repo } = context.repo
  const { data: installation } = await asApp.rest.apps.getRepoInstallation({ owner, repo })
  const { data } = await asApp.rest.apps.createInstallationAccessToken({
    installation_id: installation.id,
    repositories: [repo],
    permissions: { contents: 'write', pull_requests: 'write' },
  })
  core.setSecret(data.token)
  return { token: data.token, startsWorkflows: true }
}

/** A JSON web token that says which App we are. GitHub allows ten minutes, and clocks a minute behind. */
function signedClaim(appId: string, privateKey: string, nowSeconds: number): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claim = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iat: nowSeconds - 60, exp: nowSeconds + 540, iss: appId })}`
  return `${claim}.${createSign('RSA-SHA256').update(claim).sign(privateKey, 'base64url')}`
}
