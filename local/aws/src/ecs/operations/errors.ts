import { AwsError } from '../../endpoint/service.ts'

/** ECS's errors, with its texts. */
export const clusterNotFound = () => new AwsError('ClusterNotFoundException', 'Cluster not found.')
export const serviceNotFound = () => new AwsError('ServiceNotFoundException', 'Service not found.')
export const serviceNotActive = () => new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.')
export const deploymentNotFound = () =>
  new AwsError('ServiceDeploymentNotFoundException', 'The service deployment does not exist.')
export const invalidParameter = (message: string) => new AwsError('InvalidParameterException', message)
export const clientError = (message: string) => new AwsError('ClientException', message)
export const conflict = (message: string) => new AwsError('ConflictException', message)

/** For what ECS can do and this endpoint cannot: never silently ignored. */
export const unsupported = (what: string) =>
  new AwsError('UnsupportedFeatureException', `${what} is not supported by this local endpoint.`)
