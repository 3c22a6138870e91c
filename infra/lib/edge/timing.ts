/**
 * What decides how soon clients reach a region that answers. CloudFront gives up on an origin after `attempts` connections, or after
 * as many answers that do not come (CloudFront: "Connection attempts", "Response timeout").
 */
export const origin = { attempts: 2, connectSeconds: 2, responseSeconds: 15 } as const

/** A publish is megabytes that the service stores before it answers: CloudFront's longest wait without a raised quota. */
export const writeOrigin = { ...origin, responseSeconds: 60 } as const

/** Route 53's fast health checks: every 10 s, from all over the world; three in a row say dead. */
export const healthCheck = { intervalSeconds: 10, failures: 3 } as const

/** CloudWatch has the state of a health check by the minute, in us-east-1 (Route 53: "Monitoring health checks using CloudWatch"). */
export const healthAlarmSeconds = 60

/**
 * How long a resolver keeps where writes go. Not an alias, which would have the minute of the load balancer: a resolver that comes back
 * after this is led to another name, whose address it does not know yet.
 */
export const writesTtlSeconds = 10

/**
 * How long CloudFront keeps a tarball, which its publisher calls immutable for a year, before it asks again: what was unpublished or
 * made private is gone from everywhere after this. Asking again costs a 304 without a body.
 */
export const keepSeconds = 3600
