import type { EnvironmentState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import type { TaskSkeleton } from '@sluice/core/task-skeleton'
import { allow, type Statement } from '../identity/policy.ts'
import { profileOf } from '../topology/profiles.ts'

/** Where a service's container sends its traces: OTLP over HTTP, to its own task. */
export const collectorEndpoint = 'http://127.0.0.1:4318'

/** Traces come in by OTLP at the ports that every OpenTelemetry SDK sends to by default, and leave for X-Ray in batches. */
const settings = (region: string) => ({
  extensions: { health_check: {} },
  receivers: {
    otlp: { protocols: { grpc: { endpoint: '127.0.0.1:4317' }, http: { endpoint: '127.0.0.1:4318' } } },
  },
  processors: { memory_limiter: { check_interval: '1s', limit_mib: 96 }, batch: { timeout: '5s' } },
  exporters: { awsxray: { region } },
  service: {
    extensions: ['health_check'],
    pipelines: { traces: { receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: ['awsxray'] } },
  },
})

/** Whether tasks of an environment have the OpenTelemetry collector beside them. */
export const hasCollector = ({ environment }: EnvironmentState): boolean => profileOf(environment).collector

/**
 * The AWS Distro for OpenTelemetry beside a service's container. Not essential: a service without traces still serves, and a collector
 * that dies must not take its task with it.
 */
export function collector(
  environment: EnvironmentState,
  service: string,
  region: string,
  image: string,
): TaskSkeleton['sideCars'][number] {
  return {
    name: 'collector',
    image,
    essential: false,
    cpu: 32,
    memory: 128,
    readonlyRootFilesystem: true,
    // Its configuration by value (AWS Distro for OpenTelemetry: AOT_CONFIG_CONTENT); JSON is YAML.
    environment: [{ name: 'AOT_CONFIG_CONTENT', value: JSON.stringify(settings(region)) }],
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': names.logGroup(environment.name, service),
        'awslogs-region': region,
        'awslogs-stream-prefix': 'collector',
      },
    },
  }
}

/** What the collector calls with the task's role. X-Ray knows no resources for any of it (Service Authorization Reference). */
export function collectorStatements(environment: EnvironmentState): Statement[] {
  if (!hasCollector(environment)) return []
  return [
    allow(
      ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      '*',
    ),
  ]
}
