import type { CfnService } from 'aws-cdk-lib/aws-ecs'
import { CfnHttpNamespace } from 'aws-cdk-lib/aws-servicediscovery'
import type { Construct } from 'constructs'
import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import type { ServiceSubject } from './service-subject.ts'

/**
 * Whether an environment's services find each other by Service Connect. Its proxy beside every task costs CPU (AWS asks for 256
 * units), and a service that is alone has nobody to call.
 */
export function isConnected({ services }: EnvironmentState): boolean {
  const running = Object.values(services).filter(({ kind }) => kind !== 'job')
  return running.length > 1 && running.some(({ kind }) => kind === 'web')
}

/** The namespace in which an environment's services have their names; HTTP alone, so there is no zone to keep. */
export function addNamespace(scope: Construct, environment: EnvironmentState): CfnHttpNamespace | undefined {
  if (!isConnected(environment)) return undefined
  return new CfnHttpNamespace(scope, 'Namespace', {
    name: names.cluster(environment.name),
    description: `Services of ${environment.name} among themselves`,
  })
}

/** A web service is found as `http://<service>:<port>`; a worker only finds others. */
export function connectConfiguration(
  { name, service }: ServiceSubject,
  namespaceArn: string,
  port: number,
): CfnService.ServiceConnectConfigurationProperty {
  return {
    enabled: true,
    namespace: namespaceArn,
    ...(service.kind === 'web'
      ? { services: [{ portName: name, clientAliases: [{ dnsName: name, port }], discoveryName: name }] }
      : {}),
  }
}
