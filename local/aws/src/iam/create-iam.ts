import { join } from 'node:path'
import { AwsError, type AwsService } from '../endpoint/service.ts'
import { openStateStore } from '../state-store.ts'
import type { PolicyDocument } from './trust.ts'

export interface RoleRecord {
  readonly name: string
  readonly arn: string
  readonly trust: PolicyDocument
  readonly policies: readonly PolicyDocument[]
}

/** Roles and OIDC providers, as templates declare them. */
export interface Iam {
  readonly service: AwsService
  role(name: string): RoleRecord | undefined
  putRole(role: { name: string; trust: PolicyDocument; policies: readonly PolicyDocument[] }): RoleRecord
  addPolicy(roleName: string, policyName: string, document: PolicyDocument): void
  /** `url` with or without its scheme. Gives the ARN. */
  putOidcProvider(url: string, audiences: readonly string[]): string
  oidcProvider(issuer: string): { readonly arn: string; readonly audiences: readonly string[] } | undefined
}

interface StoredRole extends RoleRecord {
  readonly attached: Readonly<Record<string, PolicyDocument>>
}

export function createIam(options: { account: string; stateFolder: string }): Iam {
  const { account } = options
  const roles = openStateStore<StoredRole>(join(options.stateFolder, 'iam-roles.json'))
  const providers = openStateStore<{ arn: string; audiences: readonly string[] }>(
    join(options.stateFolder, 'iam-oidc.json'),
  )
  const bare = (url: string) => url.replace(/^https?:\/\//, '').replace(/\/$/, '')

  const putRole: Iam['putRole'] = ({ name, trust, policies }) => {
    const attached = roles.get(name)?.attached ?? {}
    const role: StoredRole = { name, arn: `arn:aws:iam::${account}:role/${name}`, trust, policies, attached }
    roles.set(name, role)
    return role
  }
  const describe = ({ name, arn, trust }: RoleRecord) => ({
    Role: { RoleName: name, Arn: arn, Path: '/', AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)) },
  })
  return {
    putRole,
    role: (name) => {
      const role = roles.get(name)
      return role && { ...role, policies: [...role.policies, ...Object.values(role.attached)] }
    },
    addPolicy: (roleName, policyName, document) => {
      const role = roles.get(roleName)
      if (role) roles.set(roleName, { ...role, attached: { ...role.attached, [policyName]: document } })
    },
    putOidcProvider: (url, audiences) => {
      const arn = `arn:aws:iam::${account}:oidc-provider/${bare(url)}`
      providers.set(bare(url), { arn, audiences })
      return arn
    },
    oidcProvider: (issuer) => providers.get(bare(issuer)),
    service: {
      protocol: 'query',
      version: '2010-05-08',
      xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      operations: {
        GetRole: ({ RoleName }: { RoleName: string }) => {
          const role = roles.get(RoleName)
          if (!role) throw new AwsError('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, 404)
          return describe(role)
        },
        CreateRole: (input: { RoleName: string; AssumeRolePolicyDocument: string }) => {
          if (roles.get(input.RoleName)) {
            throw new AwsError('EntityAlreadyExists', `Role with name ${input.RoleName} already exists.`, 409)
          }
          const trust = JSON.parse(input.AssumeRolePolicyDocument) as PolicyDocument
          return describe(putRole({ name: input.RoleName, trust, policies: [] }))
        },
      },
    },
  }
}
