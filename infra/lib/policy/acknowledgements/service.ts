import type { Acknowledgement } from '../judge-findings.ts'
import { stays } from './terms.ts'

/** Findings of what runs, and of what watches it. */
export const serviceFindings: readonly Acknowledgement[] = [
  // Service
  stays(
    'AwsSolutions-ECS2',
    '*/service/First-*',
    'settings are plain on purpose; secrets come from Secrets Manager by name',
  ),
  stays(
    'AwsSolutions-ECS4',
    '*/service/Cluster',
    'the small profiles have the free metrics of services: what they may cost decides; Container Insights is on in the others',
  ),
  // Observability
  stays(
    'NIST.800.53.R5-CloudWatchAlarmAction',
    '*/observability/Slo-*',
    'the windows of a burn rate feed the composite alarm that tells people: one window alone is no reason to wake anybody (test: every alarm acts or feeds one that does)',
  ),
]
