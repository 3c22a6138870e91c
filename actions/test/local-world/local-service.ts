import { serviceSchema, type Service } from '@sluice/core/environment/service'

/** Where the local world is. */
export const account = '000000000000'
export const region = 'us-east-1'

/** The digest of an image that is its release's name. */
export const digestOf = (release: string) => `sha256:${Buffer.from(release).toString('hex').padEnd(64, '0')}`

/** Releases by what their tasks do: their name comes first in the version. */
type Behaviour = 'healthy' | 'errors' | 'never-healthy'

/** A service of the local environments; `release` names its behaviour, and makes an image and a version of its own. */
export function aLocalService(release: `${Behaviour}${string}`, rollout: object, changes: object = {}): Service {
  return serviceSchema.parse({
    kind: 'web',
    release: { image: `web@${digestOf(release)}`, commit: 'c'.repeat(40), version: `1.0.0-${release}` },
    task: { cpu: 256, memory: 512 },
    rollout,
    analysis: { interval: '1s', timeout: '2m', ceiling: { errors: '3%' }, metrics: ['errors', 'target-health'] },
    ...changes,
  })
}
