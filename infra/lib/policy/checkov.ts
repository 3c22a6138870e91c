import type { PolicyFinding } from './findings.ts'
import type { Acknowledgement } from './judge-findings.ts'

/** What checkov says of a template that fails a check. */
export interface CheckovFinding {
  readonly check_id: string
  readonly check_name: string
  /** `AWS::S3::Bucket.Logs`. */
  readonly resource: string
  /** `/prod/sluice-prod-storage.template.json`. */
  readonly file_path: string
}

/** The same finding by environment, part and resource: one acknowledgement holds for every region and account. */
export function checkovFinding({ check_id, check_name, resource, file_path }: CheckovFinding): PolicyFinding {
  const [, environment, part] = /sluice-([a-z0-9]+)-([a-z]+)(?:\.[\w-]+)?\.template\.json$/.exec(file_path) ?? []
  if (environment == null || part == null) {
    throw new Error(`expected a template named sluice-<environment>-<part>.template.json, found ${file_path}`)
  }
  return {
    rule: check_id,
    path: `${environment}/${part}/${resource.split('.').slice(1).join('.')}`,
    description: check_name,
  }
}

const stays = (rule: string, path: string, reason: string): Acknowledgement => ({
  rule,
  path,
  reason,
  owner: '@acme/platform',
  until: '2027-11-21',
})

/** Findings of checkov that stay, each with its reason. Unused and expired ones fail the check. */
export const explainedCheckov: readonly Acknowledgement[] = [
  // Without a certificate (first days, one machine) listeners speak HTTP; edge.certificateArn turns them to TLS 1.2 and 1.3.
  stays('CKV_AWS_2', '*/service/*', 'edge.certificateArn turns both listeners to HTTPS; without one they speak HTTP'),
  stays('CKV_AWS_103', '*/service/*', 'edge.certificateArn turns both listeners to TLS 1.2 and 1.3; without one: HTTP'),
  stays(
    'CKV_AWS_260',
    '*/network/LoadBalancerGroup',
    'port 80 of the load balancer alone: it redirects to HTTPS with a certificate, and serves without one',
  ),
  // Keys
  stays(
    'CKV_AWS_33',
    '*Key',
    'the statement is bound to the account and to named services (kms:CallerAccount, kms:ViaService), as the policies of AWS’s own keys are',
  ),
  // Storage
  stays('CKV_AWS_18', '*/storage/Logs', 'the bucket of access logs: logging its own log would never end'),
  // Edge
  stays('CKV_AWS_18', '*/edge/Logs', 'the bucket of access logs: logging its own log would never end'),
  stays(
    'CKV_AWS_86',
    '*/edge/Distribution',
    'requests are logged by a delivery of CloudWatch Logs to an encrypted bucket, which leaves out cookies and queries; checkov knows the older setting alone',
  ),
  stays(
    'CKV_AWS_192',
    '*/origin/Guard',
    'it lets in the distribution alone, whose own firewall has the rules of known bad inputs before this one',
  ),
  // Data
  stays(
    'CKV_AWS_162',
    '*/data/Cluster*',
    'the service signs in with a secret that rotates; tokens of 15 minutes would break its pool',
  ),
  stays(
    'CKV_AWS_161',
    '*/data/Instance',
    'the service signs in with a secret that rotates; tokens of 15 minutes would break its pool',
  ),
  stays('CKV_AWS_157', '*/data/Instance', 'the small profiles have one instance: what they may cost decides'),
  stays('CKV_AWS_118', '*/data/Instance', 'the small profiles have the free metrics: what they may cost decides'),
  stays(
    'CKV_AWS_115',
    '*/data/Rotation',
    'Secrets Manager alone calls it, four times a month for a cluster; a reservation is refused by accounts that are new, whose limit is ten',
  ),
  stays(
    'CKV_AWS_116',
    '*/data/Rotation',
    'Secrets Manager calls again after a failure, with an event that it makes anew; an alarm tells people',
  ),
  stays(
    'CKV_AWS_173',
    '*/data/Rotation',
    'the one variable is a path of the runtime, not a secret; Lambda encrypts it with its own key',
  ),
  // Service
  stays('CKV_AWS_65', '*/service/Cluster', 'the small profiles have the free metrics: what they may cost decides'),
  // Recovery
  stays(
    'CKV_AWS_111',
    '*/recovery/Execution',
    'how many tasks a target may have, asked for on * as ARC’s guide has it (its daily evaluation simulates just that); ARC alone takes the role',
  ),
  // Registry
  stays(
    'CKV_AWS_51',
    'shared/registry/Repository*',
    'tags are immutable but for caches and referrers (IMMUTABLE_WITH_EXCLUSION), which the check does not know',
  ),
  stays(
    'CKV_AWS_163',
    'shared/registry/Repository*',
    'every image is scanned on push by the registry’s own configuration; that of a repository is deprecated',
  ),
]
