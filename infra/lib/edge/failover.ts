import { CfnFunction } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'

/** Ids of the distribution's origins. */
export const originIds = { writes: 'writes', reads: 'reads', spare: 'spare' } as const

/** What a region answers that cannot serve. An error of the service itself (500) is the same everywhere. */
export const failoverStatusCodes = [502, 503, 504] as const

/**
 * The group is made by request, not in the distribution: CloudFront refuses a behavior that has both a group and PUT, and picks
 * behaviors by path alone, while `npm publish` and `npm install` use the same paths. CloudFront fails over GET, HEAD and OPTIONS only.
 */
export const failoverCode = `import cf from 'cloudfront'

function handler(event) {
  const request = event.request
  if (request.method === 'GET' || request.method === 'HEAD') {
    cf.createRequestOriginGroup({
      originIds: [{ originId: '${originIds.reads}' }, { originId: '${originIds.spare}' }],
      failoverCriteria: { statusCodes: [${failoverStatusCodes.join(', ')}] },
    })
  }
  return request
}
`

/** Sends reads to the nearest region and, when that does not answer, to another one. */
export function addFailover(scope: Construct, environment: string): CfnFunction {
  return new CfnFunction(scope, 'Failover', {
    name: `sluice-${environment}-failover`,
    autoPublish: true,
    functionCode: failoverCode,
    functionConfig: { comment: 'Reads: the nearest region, then another one', runtime: 'cloudfront-js-2.0' },
  })
}
