import { certificates } from '@sluice/core/environment/certificates'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { certificateRegions } from '@sluice/infra/planning'
import type { BootstrapStep } from './bootstrap-step.ts'

/** The zone and every certificate that an environment's listeners and its distribution are made with. */
export function edgeSteps(state: EnvironmentState): BootstrapStep[] {
  const { account, edge } = state.environment
  const found = certificates(edge)
  return [
    ...zoneSteps(state),
    ...certificateRegions(state).map((region) => {
      const arn = found.get(region)
      return arn == null ? noCertificate(state, region) : issued(state.name, account, region, arn)
    }),
  ]
}

function zoneSteps({ name, environment: { account, edge } }: EnvironmentState): BootstrapStep[] {
  const { domain, hostedZoneId } = edge
  if (domain == null || hostedZoneId == null) return []
  const args = ['route53', 'get-hosted-zone', '--id', hostedZoneId, '--query', 'HostedZone.Name', '--output', 'text']
  return [
    {
      title: `${name}: the zone ${hostedZoneId} holds ${domain}`,
      why: 'names of services and of regions are made in it; it is yours, and no stack makes or deletes it',
      commands: [`aws ${args.join(' ')}`],
      check: { command: ['aws', ...args], account, contains: `${domain.split('.').slice(-2).join('.')}.` },
    },
  ]
}

function issued(name: string, account: string, region: string, arn: string): BootstrapStep {
  const args = ['acm', 'describe-certificate', '--region', region, '--certificate-arn', arn]
  return {
    title: `${name}: certificate in ${region}, ${arn}`,
    why: 'listeners and distributions cannot be made with a certificate that is not issued',
    commands: [`aws ${args.join(' ')}`],
    check: {
      command: ['aws', ...args, '--query', 'Certificate.Status', '--output', 'text'],
      account,
      contains: 'ISSUED',
    },
  }
}

function noCertificate({ name, environment: { edge, regions } }: EnvironmentState, region: string): BootstrapStep {
  const domain = edge.domain == null ? `registry.${name}.example.com` : `*.${edge.domain}`
  const isFirst = region === regions[0]
  return {
    title: `${name}: no certificate is named in ${region}`,
    why: isFirst
      ? `listeners speak plain HTTP until edge.certificateArn stands in environments/${name}/environment.yaml`
      : `a load balancer takes certificates of its own region, and CloudFront those of us-east-1: name it in edge.certificateArns of environments/${name}/environment.yaml`,
    commands: [`aws acm request-certificate --region ${region} --domain-name '${domain}' --validation-method DNS`],
  }
}
