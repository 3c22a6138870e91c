/**
 * Thresholds from the service level objective of `<env>/<service>.yaml`, which the gate hands over in the environment:
 * SLO_AVAILABILITY in percent, SLO_LATENCY_PERCENT and SLO_LATENCY_MS. The rate of checks fails a run that answers wrongly.
 */
export function thresholds(): Record<string, string[]> {
  const availability = Number(__ENV['SLO_AVAILABILITY'] || 99.9)
  const percent = Number(__ENV['SLO_LATENCY_PERCENT'] || 95)
  const milliseconds = Number(__ENV['SLO_LATENCY_MS'] || 200)
  return {
    http_req_failed: [`rate<=${Number((1 - availability / 100).toFixed(6))}`],
    http_req_duration: [`p(${percent})<=${milliseconds}`],
    checks: ['rate>=0.99'],
  }
}
