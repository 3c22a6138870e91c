import { ConfigurationError } from '@sluice/core/failure'

/**
 * AWS's list of the addresses from which CloudFront calls origins, `com.amazonaws.global.cloudfront.origin-facing`. Its id differs by
 * region and never changes; asking for it would be a look-up. `aws ec2 describe-managed-prefix-lists` shows it.
 */
const cloudFrontLists: Readonly<Record<string, string>> = {
  'us-east-1': 'pl-3b927c52',
  'us-west-2': 'pl-82a045eb',
  'eu-west-1': 'pl-4fa04526',
  'eu-central-1': 'pl-a3a144ca',
  'ap-southeast-1': 'pl-31a34658',
  'ap-northeast-1': 'pl-58a04531',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'eu-west-2': 'pl-93a247fa',
  'eu-north-1': 'pl-fab65393',
  'ap-south-1': 'pl-9aa247f3',
  'ap-southeast-2': 'pl-b8a742d1',
  'ca-central-1': 'pl-38a64351',
  'sa-east-1': 'pl-5da64334',
}

/** The id of CloudFront's list in a region. Throws a `ConfigurationError` for a region that the table lacks. */
export function cloudFrontList(region: string): string {
  const found = cloudFrontLists[region]
  if (found != null) return found
  throw new ConfigurationError([
    {
      message: `expected CloudFront's prefix list of ${region}, found none`,
      hint: 'add it to infra/lib/edge/networks.ts: aws ec2 describe-managed-prefix-lists --filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing',
    },
  ])
}

/** From where Route 53 checks health (ip-ranges.json: ROUTE53_HEALTHCHECKS, IPv4). */
export const healthCheckers: readonly string[] = [
  '15.177.0.0/18',
  '54.183.255.128/26',
  '54.228.16.0/26',
  '54.232.40.64/26',
  '54.241.32.64/26',
  '54.243.31.192/26',
  '54.244.52.192/26',
  '54.245.168.0/26',
  '54.248.220.0/26',
  '54.250.253.192/26',
  '54.251.31.128/26',
  '54.252.79.128/26',
  '54.252.254.192/26',
  '54.255.254.192/26',
  '107.23.255.0/26',
  '176.34.159.192/26',
  '177.71.207.128/26',
]
