import type { Charge, TemplateResource } from '../resources.ts'
import { fargateCharges } from '../fargate.ts'
import { count, list, monthHours, type Rate } from './terms.ts'

/** How services are billed: what runs, where it comes from, what spreads its traffic. */
export const serviceRates: Readonly<Record<string, Rate>> = {
  'AWS::ECS::Cluster': (cluster) => insights(cluster, 8),
  'AWS::ECS::Service': (service) => [
    ...fargateCharges(service),
    ...service.neighbours.filter(({ type }) => type === 'AWS::ECS::Cluster').flatMap((one) => insights(one, 17)),
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ({ properties }, { usage, zones }) => [
    { item: 'load balancer', category: 'load balancing', price: 'alb.hour', quantity: monthHours },
    {
      item: 'load balancer traffic',
      category: 'load balancing',
      price: 'alb.lcu',
      quantity: usage.lcus * monthHours,
    },
    ...(properties['Scheme'] === 'internal'
      ? []
      : [
          {
            item: 'addresses of the load balancer',
            category: 'addresses' as const,
            price: 'ipv4',
            quantity: count(properties['Subnets'], zones) * monthHours,
          },
        ]),
  ],
  'AWS::ECR::Repository': (_, { usage }) => [
    { item: 'images', category: 'storage', price: 'ecr.gb', quantity: usage.imageGb },
  ],
  // What is called on schedules: a rotation is four calls a month.
  'AWS::Lambda::Function': () => [{ item: 'function calls', category: 'compute', price: 'lambda', quantity: 0.001 }],
}

/**
 * Container Insights bills its metrics as custom ones: 8 a cluster, 11 a service and 6 a task definition family (CloudWatch's
 * pricing page: examples; from memory).
 */
function insights({ properties }: TemplateResource, quantity: number): Charge[] {
  const isOn = list(properties['ClusterSettings']).some(
    (setting) => 'Value' in setting && ['enabled', 'enhanced'].includes(String(setting.Value)),
  )
  return isOn ? [{ item: 'Container Insights', category: 'monitoring', price: 'metric', quantity }] : []
}
