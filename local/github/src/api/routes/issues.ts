import type { Hub } from '../../hub.ts'
import { ApiError, text, type Route } from './route.ts'

interface Issue {
  readonly number: number
  readonly creator: string
  title: string
  body: string
  state: 'open' | 'closed'
  readonly comments: string[]
}

/** Issues by their repository: nothing but these routes has to do with them. */
const issues = new WeakMap<Hub, Issue[]>()
const issuesOf = (hub: Hub): Issue[] => {
  const known = issues.get(hub) ?? []
  issues.set(hub, known)
  return known
}

function issueOf(hub: Hub, number: string): Issue {
  const issue = issuesOf(hub).find((one) => one.number === Number(number))
  if (!issue) throw new ApiError(404, 'Not Found')
  return issue
}

const issueShape = ({ number, title, body, state, comments, creator }: Issue) => ({
  number,
  title,
  body,
  state,
  comments: comments.length,
  user: { login: creator, type: creator.endsWith('[bot]') ? 'Bot' : 'User' },
})

/** Issues that are no pull requests. */
export const issuesRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/issues$/,
    permission: 'issues:read',
    answer: ({ hub, query }) => {
      const state = query.get('state') ?? 'open'
      const found = issuesOf(hub).filter((issue) => state === 'all' || issue.state === state)
      return { body: found.toReversed().map(issueShape) }
    },
  },
  {
    method: 'POST',
    path: /^\/issues$/,
    permission: 'issues:write',
    answer: ({ hub, grant, body }) => {
      const issue: Issue = {
        number: hub.nextId(),
        creator: grant.login,
        title: text(body['title']),
        body: text(body['body']),
        state: 'open',
        comments: [],
      }
      issuesOf(hub).push(issue)
      return { status: 201, body: issueShape(issue) }
    },
  },
  {
    method: 'PATCH',
    path: /^\/issues\/(\d+)$/,
    permission: 'issues:write',
    answer: ({ hub, parts: [number = ''], body }) => {
      const issue = issueOf(hub, number)
      if (typeof body['title'] === 'string') issue.title = body['title']
      if (typeof body['body'] === 'string') issue.body = body['body']
      if (body['state'] === 'open' || body['state'] === 'closed') issue.state = body['state']
      return { body: issueShape(issue) }
    },
  },
  {
    method: 'POST',
    path: /^\/issues\/(\d+)\/comments$/,
    permission: 'issues:write',
    answer: ({ hub, grant, parts: [number = ''], body }) => {
      issueOf(hub, number).comments.push(text(body['body']))
      return { status: 201, body: { body: text(body['body']), user: { login: grant.login } } }
    },
  },
]
