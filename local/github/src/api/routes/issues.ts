import type { Hub } from '../../hub.ts'
import { text, type Route } from './route.ts'

interface Issue {
  readonly number: number
  readonly title: string
  readonly body: string
  readonly creator: string
}

/** Issues by their repository: nothing but these routes has to do with them. */
const issues = new WeakMap<Hub, Issue[]>()
const issuesOf = (hub: Hub): Issue[] => {
  const known = issues.get(hub) ?? []
  issues.set(hub, known)
  return known
}

const issueShape = ({ number, title, body, creator }: Issue) => ({
  number,
  title,
  body,
  state: 'open',
  user: { login: creator, type: creator.endsWith('[bot]') ? 'Bot' : 'User' },
})

/** Issues, as far as a workflow opens them: none is closed here. */
export const issuesRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/issues$/,
    permission: 'issues:read',
    answer: ({ hub }) => ({ body: issuesOf(hub).map(issueShape) }),
  },
  {
    method: 'POST',
    path: /^\/issues$/,
    permission: 'issues:write',
    answer: ({ hub, grant, body }) => {
      const issue = {
        number: hub.nextId(),
        title: text(body['title']),
        body: text(body['body']),
        creator: grant.login,
      }
      issuesOf(hub).push(issue)
      return { status: 201, body: issueShape(issue) }
    },
  },
]
