/** Tasks of the revision that stays (`staying`) and of all others (`leaving`), without those that are stopping. */
export interface RollingSituation {
  readonly desired: number
  readonly minimumHealthyPercent: number
  readonly maximumPercent: number
  readonly staying: { readonly alive: number; readonly healthy: number }
  readonly leaving: { readonly alive: number; readonly healthy: number }
}

export interface RollingCounts {
  readonly staying: number
  readonly leaving: number
  /** Healthy tasks that the service must not fall below. */
  readonly leastHealthy: number
}

/**
 * How many tasks each side may have now. ECS rounds the minimum up and the maximum down, and never stops a healthy task
 * below the minimum. Unhealthy leaving tasks carry nothing and may always go.
 */
export function rollingCounts(situation: RollingSituation): RollingCounts {
  const { desired, staying, leaving } = situation
  const most = Math.floor((desired * situation.maximumPercent) / 100)
  const least = Math.ceil((desired * situation.minimumHealthyPercent) / 100)
  const spareHealthy = Math.max(0, staying.healthy + leaving.healthy - least)
  const mayStop = leaving.alive - leaving.healthy + Math.min(leaving.healthy, spareHealthy)
  const room = Math.max(0, most - leaving.alive)
  return {
    staying: Math.max(Math.min(desired, room), Math.min(staying.alive, desired)),
    leaving: Math.max(0, leaving.alive - mayStop),
    leastHealthy: least,
  }
}
