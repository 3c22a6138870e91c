/** How soon a load balancer takes a task that does not answer for dead, and how long it lets one finish what it is doing. */
export const probe = { intervalSeconds: 10, timeoutSeconds: 5, healthyCount: 2, unhealthyCount: 3 } as const

/** Long enough for a large tarball, short enough for a roll back to end soon; AWS's default is 300. */
export const drainSeconds = 60
