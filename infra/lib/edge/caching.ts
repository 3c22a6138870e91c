import { CfnCachePolicy, CfnResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import { keepSeconds } from './timing.ts'

/** AWS's own policy `AllViewer`: the service is asked as the client asked, with every header, cookie and query (CloudFront: managed policies). */
export const asClientsAsk = '216adef6-5c7f-47e4-b989-5492eafa07d3'

/**
 * What CloudFront may answer by itself. The service decides by `Cache-Control` alone (no time to live of ours): tarballs of public packages
 * stay, packuments (`no-cache`) and whatever is `private` are asked for every time and answered 304 when nothing changed.
 *
 * `Authorization` is part of the key, although public answers would be hit more often without it: what one client was given with its
 * token can then never be given to another, not even when a service forgets to say `private`. The same holds for cookies. `Host`
 * keeps the services of an environment apart, `Accept` the two forms of a packument, `Origin` the answers to other sites' pages;
 * CloudFront does not read `Vary`, so a service may vary what it lets be kept by these alone.
 */
export function addCachePolicy(scope: Construct, environment: string): CfnCachePolicy {
  return new CfnCachePolicy(scope, 'Caching', {
    cachePolicyConfig: {
      name: `sluice-${environment}`,
      comment: 'What the service lets be kept, never shared between tokens',
      // Above 0, CloudFront would keep what says no-store or private, for that long (CloudFront: CachePolicyConfig, MinTTL).
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: keepSeconds,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        headersConfig: { headerBehavior: 'whitelist', headers: ['Authorization', 'Accept', 'Host', 'Origin'] },
        cookiesConfig: { cookieBehavior: 'all' },
        queryStringsConfig: { queryStringBehavior: 'all' },
      },
    },
  })
}

/** Headers that every answer has; where the service says something of its own, that holds. */
export function addResponseHeaders(scope: Construct, environment: string): CfnResponseHeadersPolicy {
  return new CfnResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyConfig: {
      name: `sluice-${environment}`,
      securityHeadersConfig: {
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000, includeSubdomains: false, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: 'DENY', override: false },
        referrerPolicy: { referrerPolicy: 'strict-origin-when-cross-origin', override: false },
      },
    },
  })
}
