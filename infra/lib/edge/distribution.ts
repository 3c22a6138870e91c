import { CfnDistribution, type CfnCachePolicy, type CfnFunction } from 'aws-cdk-lib/aws-cloudfront'
import type { CfnResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront'
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import type { Construct } from 'constructs'
import { asClientsAsk } from './caching.ts'
import { originHosts, serviceHost, type Names } from './entry.ts'
import { originIds } from './failover.ts'
import { sentHeader } from './origin-guard.ts'
import { origin, writeOrigin } from './timing.ts'

/** The hosted zone of every distribution (Route 53: "AliasTarget, HostedZoneId"). */
export const distributionZone = 'Z2FDTNDATAQYW2'

/** Errors are the service's to send every time: a package that was missing a moment ago may have been published since. */
const uncached = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]

export interface DistributionParts {
  readonly environment: string
  readonly regions: readonly string[]
  readonly certificateArn: string
  readonly caching: CfnCachePolicy
  readonly headers: CfnResponseHeadersPolicy
  readonly firewall: CfnWebACL | undefined
  /** Where there is another region to fail over to. */
  readonly failover: CfnFunction | undefined
}

/**
 * CloudFront before every service of an environment that anybody calls. It forwards `Host`, so that the load balancer finds the service,
 * and TLS to the load balancer is checked against that name.
 */
export function addDistribution(scope: Construct, names: Names, parts: DistributionParts): CfnDistribution {
  const { environment, regions, certificateArn, caching, headers, firewall, failover } = parts
  const hosts = originHosts(names)
  const [primary = ''] = regions
  const target = (id: string, domainName: string, timing: typeof origin | typeof writeOrigin) => ({
    id,
    domainName,
    connectionAttempts: timing.attempts,
    connectionTimeout: timing.connectSeconds,
    originCustomHeaders: [sentHeader(environment)],
    customOriginConfig: {
      originProtocolPolicy: 'https-only',
      // The newest that CloudFront speaks to origins.
      originSslProtocols: ['TLSv1.2'],
      originReadTimeout: timing.responseSeconds,
      // Below the 60 s after which the load balancer closes what nobody uses.
      originKeepaliveTimeout: 5,
    },
  })
  return new CfnDistribution(scope, 'Distribution', {
    distributionConfig: {
      enabled: true,
      comment: `Services of ${environment}`,
      aliases: names.services.map((service) => serviceHost(names, service)),
      httpVersion: 'http2and3',
      ipv6Enabled: true,
      viewerCertificate: {
        acmCertificateArn: certificateArn,
        sslSupportMethod: 'sni-only',
        minimumProtocolVersion: 'TLSv1.3_2025',
      },
      origins: failover
        ? [
            target(originIds.writes, hosts.writes, writeOrigin),
            target(originIds.latest, hosts.writes, origin),
            target(originIds.replicas, hosts.replicas, origin),
            target(originIds.reads, hosts.reads, origin),
            target(originIds.spare, hosts.spare, origin),
          ]
        : [target(originIds.writes, hosts.of(primary), writeOrigin)],
      defaultCacheBehavior: {
        targetOriginId: originIds.writes,
        viewerProtocolPolicy: 'redirect-to-https',
        allowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
        cachedMethods: ['GET', 'HEAD'],
        compress: true,
        cachePolicyId: caching.ref,
        originRequestPolicyId: asClientsAsk,
        responseHeadersPolicyId: headers.ref,
        ...(failover
          ? { functionAssociations: [{ eventType: 'viewer-request', functionArn: failover.attrFunctionArn }] }
          : {}),
      },
      customErrorResponses: uncached.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      ...(firewall ? { webAclId: firewall.attrArn } : {}),
    },
  })
}
