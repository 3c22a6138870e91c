import * as z from 'zod'

/** One metric of a k6 run, whatever shape the summary had. Trends in milliseconds. */
export type MetricValues = Readonly<Record<string, number>>

export interface Threshold {
  readonly metric: string
  readonly expression: string
  readonly isMet: boolean
}

export interface LoadTestSummary {
  readonly metrics: Readonly<Record<string, MetricValues>>
  readonly thresholds: readonly Threshold[]
}

const values = z.record(z.string(), z.unknown())
const handleSummaryShape = z.object({
  metrics: z.record(
    z.string(),
    z.object({ values, thresholds: z.record(z.string(), z.object({ ok: z.boolean() })).optional() }),
  ),
})
const machineReadableShape = z.object({
  results: z.object({ metrics: z.array(z.object({ name: z.string(), values })) }),
})
const exportShape = z.object({
  metrics: z.record(z.string(), z.looseObject({ thresholds: z.record(z.string(), z.boolean()).optional() })),
})

/**
 * Reads a summary of k6 1 or 2: what `handleSummary` gets, what `--new-machine-readable-summary` writes (which has no
 * thresholds), or what `--summary-export` writes. Beware of the last: there `"p(95)<500": true` means that the threshold was
 * crossed (k6#1498). Throws when it is none of them.
 */
export function parseLoadTestSummary(json: unknown): LoadTestSummary {
  const machineReadable = machineReadableShape.safeParse(json)
  if (machineReadable.success) {
    const { metrics } = machineReadable.data.results
    return { metrics: Object.fromEntries(metrics.map(({ name, values }) => [name, numbers(values)])), thresholds: [] }
  }
  const handled = handleSummaryShape.safeParse(json)
  if (handled.success) {
    const { metrics } = handled.data
    return {
      metrics: mapValues(metrics, ({ values }) => numbers(values)),
      thresholds: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
        Object.entries(thresholds).map(([expression, { ok }]) => ({ metric, expression, isMet: ok })),
      ),
    }
  }
  const exported = exportShape.safeParse(json)
  if (!exported.success) throw new Error(`expected a k6 summary, found ${JSON.stringify(json).slice(0, 100)}`)
  const { metrics } = exported.data
  return {
    metrics: mapValues(metrics, numbers),
    thresholds: Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
      Object.entries(thresholds).map(([expression, isCrossed]) => ({ metric, expression, isMet: !isCrossed })),
    ),
  }
}

function numbers(values: Readonly<Record<string, unknown>>): MetricValues {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}
