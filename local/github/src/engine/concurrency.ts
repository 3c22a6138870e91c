/** GitHub keeps at most this many waiting in a group with `queue: max`. */
const longestQueue = 100

interface Waiting {
  readonly start: () => void
  readonly cancel: () => void
}

interface Group {
  running: { cancel(): void } | undefined
  readonly waiting: Waiting[]
}

/** Groups in which one thing runs at a time. */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>()

  /**
   * Waits for its turn. Resolves with a function that gives the turn back, or with undefined when it was cancelled while it
   * waited: by a newer one in a `single` queue, by its signal, or because a `max` queue was full.
   */
  async enter(
    name: string,
    settings: {
      readonly queue: 'single' | 'max'
      readonly cancelInProgress: boolean
      readonly cancel: () => void
      readonly signal?: AbortSignal
    },
  ): Promise<(() => void) | undefined> {
    if (settings.signal?.aborted === true) return undefined
    // GitHub: the names of groups do not tell upper from lower case.
    const key = name.toLowerCase()
    const group = this.#groups.get(key) ?? { running: undefined, waiting: [] }
    this.#groups.set(key, group)
    if (settings.cancelInProgress) group.running?.cancel()
    const leave = () => {
      group.running = undefined
      group.waiting.shift()?.start()
    }
    if (!group.running) {
      group.running = { cancel: settings.cancel }
      return leave
    }
    if (settings.queue === 'single') for (const older of group.waiting.splice(0)) older.cancel()
    if (group.waiting.length >= longestQueue) return undefined
    return new Promise((resolve) => {
      const giveUp = () => {
        group.waiting.splice(group.waiting.indexOf(waiting), 1)
        resolve(undefined)
      }
      const waiting: Waiting = {
        start: () => {
          settings.signal?.removeEventListener('abort', giveUp)
          group.running = { cancel: settings.cancel }
          resolve(leave)
        },
        cancel: () => {
          settings.signal?.removeEventListener('abort', giveUp)
          resolve(undefined)
        },
      }
      group.waiting.push(waiting)
      settings.signal?.addEventListener('abort', giveUp, { once: true })
    })
  }
}
