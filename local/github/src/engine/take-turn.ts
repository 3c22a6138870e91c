import { asText, interpolate, type Contexts } from '../expressions/evaluate.ts'
import type { Hub } from '../hub.ts'
import type { Concurrency } from '../workflow/model.ts'

/**
 * Waits in a concurrency group; without one, at once. Undefined when it was cancelled while it waited. `cancel` is what a
 * newer one in the group does to this one where it may: it ends what the group stands on, a run or a single job.
 */
export async function takeTurn(
  { hub, signal }: { readonly hub: Hub; readonly signal: AbortSignal },
  concurrency: Concurrency | undefined,
  contexts: Contexts,
  cancel: () => void,
): Promise<(() => void) | undefined> {
  if (!concurrency) return () => undefined
  return hub.groups.enter(asText(interpolate(concurrency.group, contexts)), {
    queue: concurrency.queue,
    cancelInProgress: asText(interpolate(String(concurrency.cancelInProgress), contexts)) === 'true',
    signal,
    cancel,
  })
}
