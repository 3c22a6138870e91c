/**
 * Milliseconds to the next look at a service deployment: five seconds, less where analysis itself is quicker (one machine),
 * with a fifth of jitter so that waves do not poll in step. ECS allows 20 reads a second for an account and region.
 * `random` is between 0 and 1.
 */
export function pollMilliseconds(analysisIntervalSeconds: number, random: number): number {
  const base = Math.min(5000, Math.max(500, analysisIntervalSeconds * 500))
  return Math.round(base * (0.9 + 0.2 * random))
}
