import type { Acknowledgement } from '../judge-findings.ts'
import { stays } from './terms.ts'

/** Findings of what stands between people and tasks. */
export const networkFindings: readonly Acknowledgement[] = [
  // Network
  stays(
    'AwsSolutions-EC23',
    '*/network/LoadBalancerGroup',
    'the production listener is the public door; nothing else is open',
  ),
  stays(
    'AwsSolutions-VPC3',
    '*/network/*',
    'the access lists repeat by subnet what the security groups say, as a second lock',
  ),
  stays(
    'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW',
    '*/network/public*',
    'the load balancer’s subnets are public on purpose',
  ),
  stays(
    'NIST.800.53.R5-VPCDefaultSecurityGroupClosed',
    '*/network/Vpc',
    'CloudFormation cannot close it without a custom resource; no network interface is in it',
  ),
  // Edge
  stays(
    'AwsSolutions-CFR1',
    '*/edge/Distribution',
    'people and builds install packages from anywhere; who may read is a matter of tokens, not of countries',
  ),
  stays(
    'AwsSolutions-CFR3',
    '*/edge/Distribution',
    'requests are logged by CloudFront’s newer way, which the rule does not know: a delivery to the bucket of the same stack (test: who asked what)',
  ),
  stays('AwsSolutions-S1', '*/edge/Logs', 'the bucket of logs itself: logs of who reads logs have no end'),
  stays(
    'NIST.800.53.R5-S3BucketLoggingEnabled',
    '*/edge/Logs',
    'the bucket of logs itself: logs of who reads logs have no end',
  ),
  stays(
    'NIST.800.53.R5-S3BucketReplicationEnabled',
    '*/edge/Logs',
    'access logs have no replica anywhere: they are kept for a year to be searched, and nothing is restored from them',
  ),
  // Load balancer
  stays(
    'NIST.800.53.R5-ALBHttpToHttpsRedirection',
    '*/service/*',
    'with a certificate there is no HTTP listener at all; without one (first days, one machine) there is nothing to redirect to',
  ),
  stays(
    'NIST.800.53.R5-ELBv2ACMCertificateRequired',
    '*/service/*',
    'edge.certificateArn turns both listeners to HTTPS; without one (first days, one machine) they speak HTTP',
  ),
  stays(
    'NIST.800.53.R5-ALBWAFEnabled',
    '*/service/LoadBalancer',
    'the firewall stands before the distribution, by profile',
  ),
  stays(
    'NIST.800.53.R5-ELBDeletionProtectionEnabled',
    '*/service/LoadBalancer',
    'environments that are made to be thrown away; prod is protected (test: protection)',
  ),
]
