import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { ECRClient } from '@aws-sdk/client-ecr'
import { ECSClient } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { webIdentityCredentials, type Credentials } from './credentials.ts'

export interface ClientSettings {
  readonly region: string
  /** Assumed with the runner's OIDC token; without one the ambient credentials are used. */
  readonly role?: string | undefined
}

/** What every client of this process is built with. `AWS_ENDPOINT_URL` is honoured by the SDK itself. */
export interface ClientConfiguration {
  readonly region: string
  readonly retryMode: 'adaptive'
  readonly maxAttempts: number
  readonly customUserAgent: [string, string][]
  readonly credentials?: () => Promise<Credentials>
}

/** One client each, made on first use. */
export interface AwsClients {
  readonly region: string
  readonly ecs: ECSClient
  readonly elb: ElasticLoadBalancingV2Client
  readonly cloudformation: CloudFormationClient
  readonly cloudwatch: CloudWatchClient
  readonly logs: CloudWatchLogsClient
  readonly ssm: SSMClient
  readonly sts: STSClient
  readonly ecr: ECRClient
}

/**
 * The one place where AWS clients are made. Throttling is retried by the SDK: adaptive mode slows the whole client down,
 * with jitter, and ten attempts outlast a burst on RegisterTaskDefinition (20 at once, then one a second).
 */
export function awsClients(settings: ClientSettings, env: NodeJS.ProcessEnv = process.env): AwsClients {
  const configuration = clientConfiguration(settings, env)
  const made = new Map<string, unknown>()
  const once = <Client>(name: string, make: () => Client): Client => {
    if (!made.has(name)) made.set(name, make())
    return made.get(name) as Client
  }
  return {
    region: settings.region,
    get ecs() {
      return once('ecs', () => new ECSClient(configuration))
    },
    get elb() {
      return once('elb', () => new ElasticLoadBalancingV2Client(configuration))
    },
    get cloudformation() {
      return once('cloudformation', () => new CloudFormationClient(configuration))
    },
    get cloudwatch() {
      return once('cloudwatch', () => new CloudWatchClient(configuration))
    },
    get logs() {
      return once('logs', () => new CloudWatchLogsClient(configuration))
    },
    get ssm() {
      return once('ssm', () => new SSMClient(configuration))
    },
    get sts() {
      return once('sts', () => new STSClient(configuration))
    },
    get ecr() {
      return once('ecr', () => new ECRClient(configuration))
    },
  }
}

/** Also for clients that only one adapter needs. */
export function clientConfiguration({ region, role }: ClientSettings, env: NodeJS.ProcessEnv): ClientConfiguration {
  return {
    region,
    retryMode: 'adaptive',
    maxAttempts: 10,
    customUserAgent: [
      ['sluice', '0.1.0'],
      ['run', `${env['GITHUB_RUN_ID'] ?? 'none'}.${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`],
    ],
    ...(role == null ? {} : { credentials: webIdentityCredentials(region, role, env) }),
  }
}
