import { CfnFunction } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'

/** Ids of the distribution's origins. `latest` is where writes go, with the patience of a read. */
export const originIds = {
  writes: 'writes',
  latest: 'latest',
  replicas: 'replicas',
  reads: 'reads',
  spare: 'spare',
} as const

/** What a region answers that cannot serve. An error of the service itself (500) is the same everywhere. */
export const failoverStatusCodes = [502, 503, 504] as const

/**
 * What must see the last write is read where writes go, and near only when that does not answer: replicas lag behind by up to a second.
 * That is whatever signs in or is signed in by a cookie, searches and manages (`/-/`), and a client that says it is about to write.
 *
 * The group is made by request, not in the distribution: CloudFront refuses a behavior that has both a group and PUT, and picks
 * behaviors by path alone, while `npm publish` and `npm install` use the same paths. CloudFront fails over GET, HEAD and OPTIONS only.
 */
export const failoverCode = `import cf from 'cloudfront'

function handler(event) {
  const request = event.request
  if (request.method === 'GET' || request.method === 'HEAD') {
    const isLatest =
      request.uri.startsWith('/-/') || request.querystring.write !== undefined || Object.keys(request.cookies).length > 0
    cf.createRequestOriginGroup({
      originIds: isLatest
        ? [{ originId: '${originIds.latest}' }, { originId: '${originIds.replicas}' }]
        : [{ originId: '${originIds.reads}' }, { originId: '${originIds.spare}' }],
      failoverCriteria: { statusCodes: [${failoverStatusCodes.join(', ')}] },
    })
  }
  return request
}
`

/** Sends reads to the nearest region, or to the one that writes, and to another one when that does not answer. */
export function addFailover(scope: Construct, environment: string): CfnFunction {
  return new CfnFunction(scope, 'Failover', {
    name: `sluice-${environment}-failover`,
    autoPublish: true,
    functionCode: failoverCode,
    functionConfig: { comment: 'Reads: the nearest region, then another one', runtime: 'cloudfront-js-2.0' },
  })
}
