import type {
  CreateServiceRequest,
  DeleteServiceRequest,
  DeploymentConfiguration,
  DescribeServicesRequest,
  ListServicesRequest,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { isDeepStrictEqual } from 'node:util'
import type { Call } from '../../endpoint/service.ts'
import type { ServiceRecord } from '../records.ts'
import { beginDeployment } from '../service/begin-deployment.ts'
import { openDeployments, recordEvent, revisionOf } from '../service/record-event.ts'
import { findCluster, findService, page, seenDeployments, type EcsContext } from './context.ts'
import { checkDeploymentConfiguration } from './deployment-rules.ts'
import { clientError, invalidParameter, serviceNotActive, unsupported } from './errors.ts'
import { showService } from './show-service.ts'
import { readTags, writeTags } from './tags.ts'
import { findTaskDefinition, runnableTaskDefinition } from './task-definitions.ts'

/** Members of a service that are kept and shown, and change nothing on one machine. */
const passiveMembers = [
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'placementConstraints',
  'placementStrategy',
  'schedulingStrategy',
  'deploymentController',
  'enableECSManagedTags',
  'propagateTags',
  'enableExecuteCommand',
  'availabilityZoneRebalancing',
  'volumeConfigurations',
] as const

function passive(request: CreateServiceRequest | UpdateServiceRequest): Record<string, unknown> {
  const given: Readonly<Record<string, unknown>> = { ...request }
  return Object.fromEntries(passiveMembers.filter((name) => given[name] != null).map((name) => [name, given[name]]))
}

/** What UpdateService sends replaces member by member; a deployment needs its whole configuration in one place. */
function merged(before: DeploymentConfiguration, given: DeploymentConfiguration | undefined): DeploymentConfiguration {
  return { ...before, ...Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value != null)) }
}

export function serviceOperations(context: EcsContext) {
  const { records, arns, clock } = context

  function shown(service: ServiceRecord, withTags = false) {
    return {
      ...showService(service, records, seenDeployments(context, service)),
      ...(withTags ? { tags: readTags(records, service.arn) } : {}),
    }
  }

  return {
    CreateService(request: CreateServiceRequest, call: Call) {
      const cluster = findCluster(records, request.cluster)
      const { serviceName: name = '', loadBalancers = [] } = request
      if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw invalidParameter('Service name contains invalid characters.')
      if ((request.deploymentController?.type ?? 'ECS') !== 'ECS') {
        throw unsupported(`The deployment controller ${String(request.deploymentController?.type)}`)
      }
      if ((request.schedulingStrategy ?? 'REPLICA') !== 'REPLICA') {
        throw unsupported(`The scheduling strategy ${String(request.schedulingStrategy)}`)
      }
      const arn = arns.service(cluster.name, name)
      const before = records.services[arn]
      if (before && before.status !== 'INACTIVE') throw invalidParameter('Creation of service was not idempotent.')
      const configuration = merged(
        { strategy: 'ROLLING', maximumPercent: 200, minimumHealthyPercent: 100 },
        request.deploymentConfiguration,
      )
      checkDeploymentConfiguration(configuration, loadBalancers)
      if (request.taskDefinition == null) throw invalidParameter('TaskDefinition can not be blank.')
      const { definition } = runnableTaskDefinition(records, request.taskDefinition)
      checkLoadBalancerContainers(loadBalancers, definition)
      const at = clock.now().getTime()
      const service: ServiceRecord = {
        arn,
        name,
        cluster: cluster.name,
        createdAt: at,
        createdBy: call.principal.arn,
        status: 'ACTIVE',
        desiredCount: request.desiredCount ?? 1,
        deploymentConfiguration: configuration,
        loadBalancers,
        ...(request.networkConfiguration ? { networkConfiguration: request.networkConfiguration } : {}),
        healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds ?? 0,
        passive: passive(request),
        revisions: [],
        deployments: [],
        primary: '',
        events: [],
      }
      records.services[arn] = service
      writeTags(records, arn, request.tags)
      beginDeployment(service, definition, arns, at)
      context.changed()
      return { service: shown(service, true) }
    },
    UpdateService(request: UpdateServiceRequest) {
      const service = findService(context, request.cluster, request.service ?? '')
      if (service.status !== 'ACTIVE') throw serviceNotActive()
      const configuration = merged(service.deploymentConfiguration, request.deploymentConfiguration)
      const loadBalancers = request.loadBalancers ?? service.loadBalancers
      checkDeploymentConfiguration(configuration, loadBalancers)
      const current = revisionOf(service, service.primary)
      // A service goes on with what it runs, also when that was deregistered.
      const { definition } =
        (request.taskDefinition == null ? findTaskDefinition(records, current.taskDefinition) : undefined) ??
        runnableTaskDefinition(records, request.taskDefinition ?? current.taskDefinition)
      checkLoadBalancerContainers(loadBalancers, definition)
      const network = request.networkConfiguration
      const deploys =
        request.forceNewDeployment === true ||
        request.loadBalancers != null ||
        definition.taskDefinitionArn !== current.taskDefinition ||
        (network != null && !isDeepStrictEqual(network, service.networkConfiguration))
      // Everything has been checked: from here on the request is carried out whole.
      service.deploymentConfiguration = configuration
      service.loadBalancers = loadBalancers
      if (network) service.networkConfiguration = network
      service.desiredCount = request.desiredCount ?? service.desiredCount
      service.healthCheckGracePeriodSeconds =
        request.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds
      service.passive = { ...service.passive, ...passive(request) }
      if (deploys) beginDeployment(service, definition, arns, clock.now().getTime())
      context.changed()
      return { service: shown(service) }
    },
    DeleteService({ cluster, service: name, force }: DeleteServiceRequest) {
      const service = findService(context, cluster, name ?? '')
      if (service.status !== 'ACTIVE') throw serviceNotActive()
      if (service.desiredCount > 0 && force !== true) {
        throw invalidParameter('The service cannot be stopped while it is scaled above 0.')
      }
      const at = clock.now().getTime()
      for (const open of openDeployments(service)) {
        if (open.status !== 'STOP_REQUESTED') recordEvent(service, open, { type: 'superseded', at })
      }
      service.status = 'DRAINING'
      service.desiredCount = 0
      for (const revision of service.revisions) {
        revision.followsService = false
        revision.desired = 0
      }
      context.changed()
      return { service: shown(service) }
    },
    DescribeServices(request: DescribeServicesRequest) {
      const cluster = findCluster(records, request.cluster ?? undefined)
      if ((request.services ?? []).length === 0) throw invalidParameter('Services cannot be empty.')
      if ((request.services ?? []).length > 10) throw invalidParameter('Services cannot contain more than 10 elements.')
      const tags = request.include?.includes('TAGS') ?? false
      const services = []
      const failures = []
      for (const nameOrArn of request.services ?? []) {
        const name = nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1)
        const service = records.services[arns.service(cluster.name, name)]
        if (service) services.push(shown(service, tags))
        else failures.push({ arn: arns.service(cluster.name, name), reason: 'MISSING' })
      }
      return { services, failures }
    },
    ListServices(request: ListServicesRequest) {
      const cluster = findCluster(records, request.cluster)
      const all = Object.values(records.services).filter(
        ({ cluster: name, status }) => name === cluster.name && status !== 'INACTIVE',
      )
      const { items, ...rest } = page(all, request, 10)
      return { serviceArns: items.map(({ arn }) => arn), ...rest }
    },
  }
}

function checkLoadBalancerContainers(
  loadBalancers: ServiceRecord['loadBalancers'],
  definition: ReturnType<typeof runnableTaskDefinition>['definition'],
): void {
  for (const { containerName = '', containerPort } of loadBalancers) {
    const container = definition.containerDefinitions?.find(({ name }) => name === containerName)
    if (!container) {
      throw invalidParameter(`The container ${containerName} does not exist in the task definition.`)
    }
    if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
      throw clientError(
        `The container ${containerName} did not have a container port ${String(containerPort)} defined.`,
      )
    }
  }
}
