import * as z from 'zod'

const digestPattern = /^sha256:[0-9a-f]{64}$/
const repositoryPattern = /^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/

/** An image that can only mean one thing: a repository and a digest. Host, account and region are derived. */
export interface ImageReference {
  readonly repository: string
  readonly digest: string
}

/** Reads `repository@sha256:…`. Tags are refused: they can be moved after the approval. Throws a `RangeError`. */
export function parseImageReference(text: string): ImageReference {
  const [repository = '', digest, ...rest] = text.split('@')
  if (digest == null || rest.length > 0) {
    throw new RangeError(
      `expected repository@sha256:<64 hex digits>, found "${text}" (a tag can be moved; name a digest)`,
    )
  }
  if (!repositoryPattern.test(repository)) {
    throw new RangeError(`expected a repository name without host or tag, found "${repository}"`)
  }
  if (!digestPattern.test(digest)) throw new RangeError(`expected sha256:<64 hex digits>, found "${digest}"`)
  return { repository, digest }
}

export function formatImageReference({ repository, digest }: ImageReference): string {
  return `${repository}@${digest}`
}

/** An image reference in YAML. */
export const imageReference = z.string().transform((text, context): ImageReference => {
  try {
    return parseImageReference(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
})
