/**
 * What decides how soon clients reach a region that answers. CloudFront gives up on an origin after `attempts` connections, or after
 * as many answers that do not come (CloudFront: "Connection attempts", "Response timeout").
 */
export const origin = { attempts: 2, connectSeconds: 2, responseSeconds: 15 } as const

/** A publish is megabytes that the service stores before it answers: CloudFront's longest wait without a raised quota. */
export const writeOrigin = { ...origin, responseSeconds: 60 } as const

/** Route 53's fast health checks: every 10 s, from all over the world; three in a row say dead. */
export const healthCheck = { intervalSeconds: 10, failures: 3 } as const

/** An alias to a load balancer has the time to live of the load balancer's own records (Route 53: "Choosing between alias and non-alias records"). */
export const aliasTtlSeconds = 60

/**
 * How long CloudFront keeps a tarball, which its publisher calls immutable for a year, before it asks again: what was unpublished or
 * made private is gone from everywhere after this. Asking again costs a 304 without a body.
 */
export const keepSeconds = 3600
