import type { Acknowledgement } from '../judge-findings.ts'
import { gap, stays } from './terms.ts'

/** Findings of roles: who may do what. */
export const accessFindings: readonly Acknowledgement[] = [
  // Identity
  stays(
    'AwsSolutions-IAM5*',
    'shared/account/*',
    'a boundary and CloudFormation’s execution policies name the services of the stacks; names with the environment’s prefix bound what they reach, and the property tests refuse * on *',
  ),
  stays(
    'AwsSolutions-IAM5*',
    '*/identity/*',
    'listings that IAM can only grant on *, and task, deployment and revision ids that nobody knows before they exist; every other resource is named (test: Service Authorization Reference)',
  ),
  stays(
    'AwsSolutions-IAM5*',
    '*/service/*',
    'log streams and secret versions have ids of their own below a named resource',
  ),
  gap(
    'AwsSolutions-IAM5[Resource::arn:aws:cloudfront::*',
    '*/identity/*',
    'drift detection reads the distribution as a whole, and with it the word that load balancers know it by: that opens no account and no data, and is granted where there is a distribution (test: drift reading)',
  ),
  stays(
    'AwsSolutions-IAM4*',
    '*',
    'AWS keeps its service’s policy as the service grows; the role is passed to that service alone',
  ),
  stays(
    'NIST.800.53.R5-IAMNoInlinePolicy',
    '*',
    'an inline policy lives and dies with its one role; a managed one could be attached elsewhere',
  ),
  // Recovery
  stays(
    'AwsSolutions-IAM5*',
    '*/recovery/Execution',
    'plans have six characters of ARC’s own behind their names; listings, metrics, alarms and scalable targets are granted on * alone; what changes a writer or a service names it (test: recovery stack)',
  ),
]
