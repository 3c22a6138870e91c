import type { RegionAdoption } from '@sluice/core/environment/adopt'
import type { EnvironmentState } from '@sluice/core/environment/read'
import type { BootstrapStep } from './bootstrap-step.ts'

/** What an environment adopts, each thing looked at by its id; nothing where it makes everything itself. */
export function adoptionSteps({ name, environment: { account, adopt = {} } }: EnvironmentState): BootstrapStep[] {
  return Object.entries(adopt).flatMap(([region, adopted]) =>
    questions(adopted).map(([what, args, contains]): BootstrapStep => ({
      title: `${name} ${region}: ${what} is there to be adopted`,
      why: 'the stacks name it by its id and do not make it; read anew, it may say what has changed since',
      commands: [`npx sluice bootstrap --adopt --environment ${name} --region ${region}`],
      check: { command: ['aws', ...args, '--region', region, '--output', 'text'], account, contains },
    })),
  )
}

type Question = readonly [what: string, args: readonly string[], contains: string]

function questions({ network, cluster, loadBalancer, services }: RegionAdoption): Question[] {
  return [
    ...(network
      ? [
          [
            `VPC ${network.vpcId}`,
            ['ec2', 'describe-vpcs', '--vpc-ids', network.vpcId, '--query', 'Vpcs[0].VpcId'],
            network.vpcId,
          ] as const,
        ]
      : []),
    ...(loadBalancer
      ? [
          [
            `load balancer ${loadBalancer.dnsName}`,
            [
              'elbv2',
              'describe-load-balancers',
              '--load-balancer-arns',
              loadBalancer.arn,
              '--query',
              'LoadBalancers[0].State.Code',
            ],
            'active',
          ] as const,
        ]
      : []),
    ...(cluster == null
      ? []
      : [
          [
            `cluster ${cluster}`,
            ['ecs', 'describe-clusters', '--clusters', cluster, '--query', 'clusters[0].status'],
            'ACTIVE',
          ] as const,
        ]),
    ...Object.values(services).map((service): Question => [
      `service ${service.name}`,
      [
        'ecs',
        'describe-services',
        '--cluster',
        cluster ?? '',
        '--services',
        service.name,
        '--query',
        'services[0].status',
      ],
      'ACTIVE',
    ]),
  ]
}
