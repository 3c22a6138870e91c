import { account } from '../shapes.ts'
import { ApiError, type Route } from './route.ts'

export const environmentsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^\/environments\/([^/]+)$/,
    permission: 'actions:read',
    answer: ({ hub, parts: [name = ''] }) => {
      const settings = hub.options.environments[name]
      if (!settings) throw new ApiError(404, 'Not Found')
      const reviewers = settings.reviewers.map((login) => ({ type: 'User', reviewer: account(login) }))
      return {
        body: {
          name,
          protection_rules:
            reviewers.length > 0
              ? [{ type: 'required_reviewers', prevent_self_review: settings.preventSelfReview, reviewers }]
              : [],
        },
      }
    },
  },
]
