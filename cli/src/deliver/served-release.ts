/** The release that a task says it is. */
export interface ServedRelease {
  readonly version: string
  readonly commit: string
}

/**
 * What the tasks behind an address say of themselves: the labels `version` and `commit` of their metrics, which they were told by their task
 * definition. Nothing where a service has no `/metrics`, or none with these labels. Throws when nobody answers.
 */
export async function readServedRelease(url: string): Promise<ServedRelease | undefined> {
  const answer = await fetch(new URL('/metrics', url), { signal: AbortSignal.timeout(30_000) })
  const text = await answer.text()
  if (!answer.ok) return undefined
  for (const [, labels = ''] of text.matchAll(/^\w+\{([^}]*)\}/gm)) {
    const version = /(?:^|,)version="([^"]*)"/.exec(labels)?.[1]
    const commit = /(?:^|,)commit="([^"]*)"/.exec(labels)?.[1]
    if (version != null && commit != null) return { version, commit }
  }
  return undefined
}
