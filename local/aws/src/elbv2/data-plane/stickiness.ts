import type { Action } from '../model.ts'

/** The cookie that keeps a client with its target group (ELB user guide, "Target group stickiness"). */
const name = 'AWSALBTG'

/** The group that a client's cookie names, when the rule still forwards to it with a weight above 0. */
export function stickyGroup(
  action: Extract<Action, { type: 'forward' }>,
  cookies: string | undefined,
): string | undefined {
  const value = cookies
    ?.split(/;\s*/)
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.slice(name.length + 1)
  if (value === undefined) return undefined
  const arn = Buffer.from(value, 'base64url').toString('utf8')
  return action.targetGroups.some((group) => group.targetGroupArn === arn && group.weight > 0) ? arn : undefined
}

/** The cookies of a response: AWS sets a second one for requests of other origins. */
export function stickyCookie(targetGroupArn: string, seconds: number): string[] {
  const value = `${Buffer.from(targetGroupArn).toString('base64url')}; Max-Age=${seconds}; Path=/`
  return [`${name}=${value}`, `${name}CORS=${value}; SameSite=None; Secure`]
}
