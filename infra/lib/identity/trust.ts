import type { Project } from '@sluice/core/environment/project'

/** GitHub's issuer of tokens, without its scheme, as IAM names it. */
export const issuer = 'token.actions.githubusercontent.com'

/** Which jobs may take a role: by GitHub environment, or by branch where a job names none. */
export type Subject = { readonly environment: string } | { readonly branch: string }

/**
 * The trust policy of a role for GitHub's jobs: exact strings, all conditions joined by AND. Repositories made before 2026-07-15
 * have subjects without ids and later ones with ids, so both forms are named; the repository's id holds against a
 * repository that takes over the name. With `environment:` the subject carries no branch, hence `ref` of its own.
 */
export function githubTrust(
  { github }: Project,
  account: string,
  subject: Subject,
  workflows: readonly string[],
): Record<string, unknown> {
  const { owner, ownerId, repository, repositoryId } = github
  const context = 'environment' in subject ? `environment:${subject.environment}` : `ref:refs/heads/${subject.branch}`
  const key = (claim: string) => `${issuer}:${claim}`
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${issuer}` },
        Condition: {
          StringEquals: {
            [key('aud')]: 'sts.amazonaws.com',
            [key('sub')]: [
              `repo:${owner}/${repository}:${context}`,
              `repo:${owner}@${ownerId}/${repository}@${repositoryId}:${context}`,
            ],
            [key('repository_id')]: String(repositoryId),
            // A claim that a token lacks never matches, so a job that names no environment takes no role that wants one.
            ...('environment' in subject ? { [key('environment')]: subject.environment } : {}),
            [key('ref')]: 'refs/heads/main',
            [key('job_workflow_ref')]: workflows.map(
              (workflow) => `${owner}/${repository}/.github/workflows/${workflow}@refs/heads/main`,
            ),
          },
        },
      },
    ],
  }
}
