import type { Environment } from './environment.ts'

type Edge = Environment['edge']

/** Every certificate of an environment by its region: an ARN says where it is, and only that region's load balancer takes it. */
export function certificates({ certificateArn, certificateArns }: Edge): ReadonlyMap<string, string> {
  const all = [...(certificateArn == null ? [] : [certificateArn]), ...certificateArns]
  return new Map(all.map((arn) => [arn.split(':')[3] ?? '', arn]))
}

/** The ARN of an environment's certificate in a region; none when it has none there. */
export function certificateIn(edge: Edge, region: string): string | undefined {
  return certificates(edge).get(region)
}
