import type { IncomingMessage, ServerResponse } from 'node:http'
import type { CallLog } from '../../endpoint/call-log.ts'
import type { Principal } from '../../endpoint/service.ts'

type Distribution = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

/** What ECR asks IAM for when a registry client comes (Amazon ECR: "IAM permissions for pushing and pulling"). */
const actions: readonly (readonly [methods: string, path: RegExp, action: string])[] = [
  ['POST', /\/blobs\/uploads\/?$/, 'InitiateLayerUpload'],
  ['PATCH PUT', /\/blobs\/uploads\/[\w-]+$/, 'UploadLayerPart'],
  ['PUT', /\/blobs\/uploads\/[\w-]+$/, 'CompleteLayerUpload'],
  ['HEAD', /\/blobs\/sha256:/, 'BatchCheckLayerAvailability'],
  ['GET', /\/blobs\/sha256:/, 'GetDownloadUrlForLayer'],
  ['GET HEAD', /\/manifests\/|\/referrers\//, 'BatchGetImage'],
  ['PUT', /\/manifests\//, 'PutImage'],
  ['DELETE', /\/manifests\//, 'BatchDeleteImage'],
  ['GET', /\/tags\/list$/, 'ListImages'],
]

/** The IAM actions of one request of the distribution API; none for the version check. */
export function distributionActions(method: string, path: string): string[] {
  return actions
    .filter(([methods, form]) => methods.split(' ').includes(method) && form.test(path))
    .map(([, , action]) => `ecr:${action}`)
}

/** Writes each request of the distribution API to the call log, under the principal that asked for the token it carries. */
export function logDistribution(
  answer: Distribution,
  log: CallLog,
  principalOf: (password: string) => Principal | undefined,
  { account, region }: { readonly account: string; readonly region: string },
): Distribution {
  const repositoryArn = (path: string) => {
    const name = /^\/v2\/(.+?)\/(?:blobs|manifests|referrers|tags)\//.exec(path)?.[1] ?? ''
    return `arn:aws:ecr:${region}:${account}:repository/${name}`
  }
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.startsWith('/v2/')) {
      const token = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      const principal = principalOf(
        Buffer.from(token, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''),
      )
      response.once('finish', () => {
        for (const operation of distributionActions(request.method ?? '', pathname)) {
          log.call({
            operation,
            principal: principal?.arn ?? 'anonymous',
            ...(principal?.claims ? { claims: principal.claims } : {}),
            status: response.statusCode,
            ...(principal?.claims ? { asks: [{ action: operation, resource: repositoryArn(pathname) }] } : {}),
          })
        }
      })
    }
    return answer(request, response)
  }
}
