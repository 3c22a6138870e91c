import type { GitHubEvent } from '@sluice/local/github'
import { elapsed, type View } from '../deliver/view.ts'

/** Tells people what the jobs of a run do, how long each took, and what was not run, with the reason. `now` in milliseconds. */
export function showRuns(view: View, now: () => number): (event: GitHubEvent) => void {
  const began = new Map<string, number>()
  return (event) => {
    switch (event.type) {
      case 'job-started':
        began.set(event.job, now())
        view.status(event.job)
        break
      case 'step-started':
        view.status(`${event.job}: ${event.step}`)
        break
      case 'job-finished': {
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
}
