import type { Options, Scenario } from 'k6/options'
import { thresholds } from './thresholds.ts'

/** Requests a second and seconds of a profile, which RATE and DURATION override. */
export interface Profile {
  readonly rate: number
  readonly seconds: number
}

const rateOf = ({ rate }: Profile) => Number(__ENV['RATE'] || rate)
const secondsOf = ({ seconds }: Profile) => Number(__ENV['DURATION'] || seconds)

/**
 * Arrival rates, never loops of users: a slow service must not slow the load down, or its own latency hides what it does to
 * users (coordinated omission). Enough virtual users for half a second an iteration; more are made as needed.
 */
const users = (rate: number) => ({ preAllocatedVUs: Math.max(2, Math.ceil(rate / 2)), maxVUs: Math.max(10, rate * 4) })

const summaryTrendStats = ['avg', 'min', 'med', 'max', 'p(90)', 'p(95)', 'p(99)', 'count']

function optionsOf(name: string, scenario: Scenario): Options {
  return {
    scenarios: { [name]: scenario },
    thresholds: thresholds(),
    summaryTrendStats,
    // Certificates of the environments are real; a service that answers slowly is slow, not hanging.
    insecureSkipTLSVerify: false,
    discardResponseBodies: false,
  }
}

/** The same rate from the first second to the last. */
export function constantRate(name: string, profile: Profile): Options {
  const rate = rateOf(profile)
  return optionsOf(name, {
    executor: 'constant-arrival-rate',
    rate,
    timeUnit: '1s',
    duration: `${secondsOf(profile)}s`,
    ...users(rate),
  })
}

/** Rates that the load ramps through, each as a factor of the rate and a share of the time. */
export function rampingRate(
  name: string,
  profile: Profile,
  steps: ReadonlyArray<{ readonly factor: number; readonly share: number }>,
): Options {
  const rate = rateOf(profile)
  const seconds = secondsOf(profile)
  const highest = Math.max(...steps.map(({ factor }) => factor))
  return optionsOf(name, {
    executor: 'ramping-arrival-rate',
    startRate: rate,
    timeUnit: '1s',
    stages: steps.map(({ factor, share }) => ({
      target: Math.round(rate * factor),
      duration: `${Math.max(1, Math.round(seconds * share))}s`,
    })),
    ...users(rate * highest),
  })
}
