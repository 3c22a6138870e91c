/** A call of one of AWS's JSON APIs on the local endpoint: what the delivery reads to show and report. */
export async function callAws<Output>(url: string, target: string, input: object): Promise<Output> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  })
  const body = (await response.json()) as Output & { message?: string }
  if (!response.ok) throw new Error(`${target} was answered ${response.status}: ${body.message ?? ''}`)
  return body
}

const ecs = 'AmazonEC2ContainerServiceV20141113'

export interface ServiceView {
  readonly serviceArn: string
  readonly runningCount: number
  readonly desiredCount: number
  readonly taskDefinition: string
  readonly deployments: readonly { readonly rolloutState?: string; readonly rolloutStateReason?: string }[]
  readonly events: readonly { readonly message: string }[]
}

export interface ServiceDeploymentView {
  readonly serviceDeploymentArn: string
  readonly status: string
  readonly statusReason?: string
  readonly lifecycleStage?: string
  readonly startedAt?: number
  readonly finishedAt?: number
  readonly targetServiceRevision?: { readonly requestedProductionTrafficWeight?: number }
}

export async function describeService(url: string, cluster: string, service: string): Promise<ServiceView> {
  const { services } = await callAws<{ services: ServiceView[] }>(url, `${ecs}.DescribeServices`, {
    cluster,
    services: [service],
  })
  const [found] = services
  if (!found) throw new Error(`expected the service ${service} in ${cluster}, found none`)
  return found
}

/** The newest service deployment, with its stage and weight. */
export async function newestDeployment(
  url: string,
  cluster: string,
  service: string,
): Promise<ServiceDeploymentView | undefined> {
  const { serviceDeployments: briefs } = await callAws<{
    serviceDeployments: { serviceDeploymentArn: string; createdAt: number }[]
  }>(url, `${ecs}.ListServiceDeployments`, { cluster, service })
  const newest = briefs.toSorted((a, b) => b.createdAt - a.createdAt)[0]
  if (!newest) return undefined
  const { serviceDeployments } = await callAws<{ serviceDeployments: ServiceDeploymentView[] }>(
    url,
    `${ecs}.DescribeServiceDeployments`,
    { serviceDeploymentArns: [newest.serviceDeploymentArn] },
  )
  return serviceDeployments[0]
}

/** The image that a task definition names for a container. */
export async function imageOf(url: string, taskDefinition: string, container: string): Promise<string> {
  const { taskDefinition: found } = await callAws<{
    taskDefinition: { containerDefinitions: { name: string; image: string }[] }
  }>(url, `${ecs}.DescribeTaskDefinition`, { taskDefinition })
  return found.containerDefinitions.find(({ name }) => name === container)?.image ?? ''
}
