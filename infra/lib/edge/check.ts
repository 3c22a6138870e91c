import { certificates } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import type { Problem } from '@sluice/core/failure'
import { profileOf } from '../topology/profiles.ts'
import { distributionRegion, namesOf } from './entry.ts'

/** Everything that is wrong between an environment's certificates, its regions and its profile. */
export function edgeProblems(state: EnvironmentState): Problem[] {
  const { name, environment } = state
  const { edge, regions, account } = environment
  const location = { file: `environments/${name}/environment.yaml` }
  const found = certificates(edge)
  if (found.size === 0) return []
  const hasOneForCloudFront = found.has(distributionRegion)
  const arns = [...(edge.certificateArn == null ? [] : [edge.certificateArn]), ...edge.certificateArns]
  return [
    ...regions
      .filter((region) => !found.has(region))
      .map((region) => ({
        message: `edge: expected a certificate in ${region}, found certificates in ${[...found.keys()].join(', ')}`,
        hint: 'a load balancer takes certificates of its own region alone: add its ARN to edge.certificateArns',
        location,
      })),
    ...(profileOf(environment).edge.distribution && namesOf(state) && !hasOneForCloudFront
      ? [
          {
            message: `edge: expected a certificate in ${distributionRegion} for CloudFront, found certificates in ${[...found.keys()].join(', ')}`,
            hint: 'add its ARN to edge.certificateArns',
            location,
          },
        ]
      : []),
    ...arns
      .filter((arn) => arn.split(':')[4] !== account)
      .map((arn) => ({ message: `edge: expected a certificate of the account ${account}, found ${arn}`, location })),
    ...(found.size < arns.length
      ? [{ message: `edge: expected one certificate a region, found ${arns.join(', ')}`, location }]
      : []),
  ]
}
