import type { DeliverOptions } from '../deliver.ts'

/** Carries HEAD to production on this machine. Resolves with the exit code. */
export async function deliverHead(options: DeliverOptions): Promise<number> {
  console.error(`nothing to deliver with yet (${options.runtime})`)
  return 1
}
