const signals = ['SIGINT', 'SIGTERM'] as const

/** What a shell reports of a program that Ctrl-C ended. */
const interruptedExitCode = 130

/**
 * Waits for some work, or for Ctrl-C, whichever is first. What was started stays for the caller to end: this gives back as soon
 * as a signal comes, whatever the work does. A second signal finds no listener and ends the process.
 */
export async function untilInterrupted(how: {
  /** `process`, or what stands in for it. */
  readonly signals: {
    once(signal: (typeof signals)[number], listener: () => void): unknown
    off(signal: (typeof signals)[number], listener: () => void): unknown
  }
  readonly work: (interrupt: AbortSignal) => Promise<{ readonly exitCode: number; readonly url: string }>
  /** Stay when the work is done, however it ended, until a signal comes: what was rolled back is worth a look too. */
  readonly keep: boolean
  readonly onKept: (url: string) => void
  readonly onInterrupted: () => void
}): Promise<number> {
  const interrupt = new AbortController()
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  interrupted.catch(() => undefined)
  const stop = () => {
    const reason = new Error('interrupted')
    interrupt.abort(reason)
    reject(reason)
  }
  for (const signal of signals) how.signals.once(signal, stop)
  try {
    const { exitCode, url } = await Promise.race([how.work(interrupt.signal), interrupted])
    if (how.keep) {
      how.onKept(url)
      await interrupted.catch(() => undefined)
    }
    return exitCode
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    how.onInterrupted()
    return interruptedExitCode
  } finally {
    for (const signal of signals) how.signals.off(signal, stop)
  }
}
