import * as z from 'zod'
import type { Execution, RegionSwitch, StepState } from '@sluice/core/recovery/region-switch'
import { awsClients, type ClientSettings } from './clients.ts'
import { signedJson, type JsonCall } from './signed-json.ts'

/** Seconds since 1970, as the JSON protocol writes times. */
const time = z.number().transform((seconds) => new Date(seconds * 1000))

const plansPage = z.object({
  plans: z.array(z.object({ arn: z.string(), name: z.string() })).default([]),
  nextToken: z.string().nullish(),
})
const warningsPage = z.object({
  warnings: z
    .array(z.object({ warningStatus: z.string(), stepName: z.string().nullish(), warningMessage: z.string() }))
    .default([]),
  nextToken: z.string().nullish(),
})
const abbreviated = z.object({
  executionId: z.string(),
  executionState: z.string(),
  executionRegion: z.string(),
  mode: z.enum(['graceful', 'ungraceful']),
  comment: z.string().nullish(),
  startTime: time,
  endTime: time.nullish(),
})
const executionsPage = z.object({ items: z.array(abbreviated).default([]), nextToken: z.string().nullish() })
const step = z.object({
  name: z.string().default(''),
  status: z.string().default('unknown'),
  startTime: time.nullish(),
  endTime: time.nullish(),
})
const executionPage = abbreviated.extend({ stepStates: z.array(step).default([]), nextToken: z.string().nullish() })
const started = z.object({ executionId: z.string() })

/** Region switch in one region. Its data plane answers there whatever becomes of the other (ARC guide: "Regional data plane"). */
export function arcRegionSwitch(settings: ClientSettings, env: NodeJS.ProcessEnv = process.env): RegionSwitch {
  const call = signedJson({
    endpoint: env['AWS_ENDPOINT_URL'] ?? `https://arc-region-switch.${settings.region}.api.aws`,
    region: settings.region,
    signingName: 'arc-region-switch',
    target: 'ArcRegionSwitch',
    // The same credentials that every other client of this process has, of the role or ambient.
    credentials: async () => awsClients(settings, env).sts.config.credentials(),
    userAgent: `sluice/0.1.0 run/${env['GITHUB_RUN_ID'] ?? 'none'}`,
  })
  return regionSwitchOf(call)
}

/** The calls of ARC Region switch (API reference 2022-07-26). */
export function regionSwitchOf(call: JsonCall): RegionSwitch {
  return {
    plans: async () => (await pages(call, 'ListPlansInRegion', {}, plansPage)).flatMap(({ plans }) => plans),
    async warnings({ arn }) {
      const found = await pages(call, 'GetPlanEvaluationStatus', { planArn: arn }, warningsPage)
      return found
        .flatMap(({ warnings }) => warnings)
        .filter(({ warningStatus }) => warningStatus === 'active')
        .map(({ stepName, warningMessage }) => (stepName ? `${stepName}: ${warningMessage}` : warningMessage))
    },
    async executions({ arn }) {
      const found = await pages(call, 'ListPlanExecutions', { planArn: arn }, executionsPage)
      return found
        .flatMap(({ items }) => items)
        .map((item) => toExecution(item, []))
        .toSorted((one, other) => other.startedAt.getTime() - one.startedAt.getTime())
    },
    async read({ arn }, id) {
      const found = await pages(call, 'GetPlanExecution', { planArn: arn, executionId: id }, executionPage)
      const [first] = found
      if (!first) throw new Error(`ARC answered nothing about the execution ${id}`)
      return toExecution(
        first,
        found.flatMap(({ stepStates }) => stepStates.map(toStep)),
      )
    },
    async start({ plan, region, mode, comment, token }) {
      const answer = await call('StartPlanExecution', {
        planArn: plan.arn,
        targetRegion: region,
        action: 'activate',
        mode: mode === 'failover' ? 'ungraceful' : 'graceful',
        comment,
        clientToken: token,
      })
      return started.parse(answer).executionId
    },
  }
}

/** Every page of a listing. */
async function pages<Page extends { nextToken?: string | null | undefined }>(
  call: JsonCall,
  operation: string,
  input: object,
  schema: z.ZodType<Page>,
): Promise<Page[]> {
  const found: Page[] = []
  let nextToken: string | null | undefined
  do {
    const page = schema.parse(await call(operation, nextToken ? { ...input, nextToken } : input))
    found.push(page)
    nextToken = page.nextToken
  } while (nextToken)
  return found
}

function toExecution(found: z.output<typeof abbreviated>, steps: readonly StepState[]): Execution {
  return {
    id: found.executionId,
    state: found.executionState,
    region: found.executionRegion,
    mode: found.mode === 'ungraceful' ? 'failover' : 'switchover',
    comment: found.comment ?? '',
    startedAt: found.startTime,
    ...(found.endTime ? { endedAt: found.endTime } : {}),
    steps,
  }
}

function toStep({ name, status, startTime, endTime }: z.output<typeof step>): StepState {
  return { name, status, ...(startTime ? { startedAt: startTime } : {}), ...(endTime ? { endedAt: endTime } : {}) }
}
