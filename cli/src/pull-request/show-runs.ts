import type { GitHubEvent } from '@sluice/local/github'
import { elapsed, type View } from '../deliver/view.ts'

/** A step is long after so many milliseconds; people are told then, and each time that it took as long again. */
const long = 30_000

export interface ShownRuns {
  readonly onEvent: (event: GitHubEvent) => void
  /** Says which steps take long, and what each printed last. To be called now and then. */
  readonly remind: () => void
}

interface RunningStep {
  readonly name: string
  readonly began: number
  told: number
  last: string
}

/** Tells people what the jobs of a run do, how long each took, and what was not run, with the reason. `now` in milliseconds. */
export function showRuns(view: View, now: () => number): ShownRuns {
  const began = new Map<string, number>()
  const running = new Map<string, RunningStep>()
  const onEvent = (event: GitHubEvent) => {
    switch (event.type) {
      case 'job-started':
        began.set(event.job, now())
        view.status(event.job)
        break
      case 'step-started':
        running.set(event.job, { name: event.step, began: now(), told: now(), last: '' })
        view.status(`${event.job}: ${event.step}`)
        break
      case 'log': {
        const step = running.get(event.job)
        // What the runner says of itself begins so.
        if (step && event.line.trim() !== '' && !event.line.startsWith('## ')) step.last = event.line.trim()
        break
      }
      case 'step-finished':
        running.delete(event.job)
        break
      case 'job-finished': {
        running.delete(event.job)
        const took = elapsed(now() - (began.get(event.job) ?? now())).trim()
        view.line(`${event.conclusion === 'success' ? 'ok  ' : event.conclusion}  ${event.job} (${took})`)
        break
      }
      case 'job-left-out':
        view.line(`left out  ${event.job}: ${event.reason}`)
        break
      case 'annotation':
        if (event.level === 'notice') break
        view.line(`      ${event.job}: ${event.title == null ? '' : `${event.title}: `}${event.message}`)
        break
      case 'workflow-not-started':
        view.line(`not started: ${event.workflow} for ${event.subject}: ${event.reason}`)
        break
      default:
    }
  }
  const remind = () => {
    for (const [job, step] of running) {
      if (now() - step.told < long) continue
      step.told = now()
      const last = step.last === '' ? 'it has printed nothing yet' : `last: ${step.last.slice(0, 100)}`
      view.line(`      ${job}: ${step.name} takes ${elapsed(now() - step.began).trim()} so far, ${last}`)
    }
  }
  return { onEvent, remind }
}
