import type { GitHubEvent } from '@sluice/local/github'
import type { Failure } from './collect-results.ts'
import type { LiveLine } from './live-line.ts'
import type { Phases } from './phases.ts'
import type { View } from './view.ts'

/** Characters: a run of main.yml is named by its whole commit message, and each of its jobs would repeat that. */
const longestTitle = 44

const titleOf = (name: string): string =>
  name.length > longestTitle ? `${name.slice(0, longestTitle - 1).trimEnd()}…` : name

/** What `analyze-rollout` logs of each look at a rollout, and of each answer to a pause. */
const look = /^look \d+ (at \d+ %: .+)$/
const answer = /^(?:CONTINUE|ROLLBACK|rolling back)(?: \(answered already\))?: .+$/

/** Tells people what the workflows do, enters the phase of the environment that a job is for, and keeps what failed. */
export function followWorkflows(environments: readonly string[], phases: Phases, view: View, live: LiveLine) {
  const failures: Failure[] = []
  /** Told once a workflow and event: the same goes for every promotion. */
  const notStarted = new Set<string>()
  const onEvent = (event: GitHubEvent): void => {
    switch (event.type) {
      case 'job-started': {
        const environment = environments.find(
          (name) => event.run.name.includes(` to ${name}`) || event.job.includes(` to ${name}`),
        )
        if (environment != null) phases.enter(environment)
        live.job(`${titleOf(event.run.name)}: ${event.job}`)
        break
      }
      case 'log': {
        const seen = look.exec(event.line)?.[1]
        if (seen != null) live.verdict(seen)
        if (!answer.test(event.line)) break
        live.verdict(event.line)
        view.line(`      judge: ${event.line}`)
        break
      }
      case 'job-finished':
        if (event.conclusion === 'skipped') break
        view.line(
          `${event.conclusion === 'success' ? 'ok  ' : event.conclusion}  ${titleOf(event.run.name)}: ${event.job}`,
        )
        break
      case 'annotation':
        if (event.level !== 'error') break
        failures.push({ job: event.job, message: event.message })
        view.line(`      ${event.job}: ${event.message}`)
        break
      case 'workflow-not-started': {
        const key = `${event.workflow} ${event.event}`
        if (notStarted.has(key)) break
        notStarted.add(key)
        view.line(
          `not started: ${event.workflow} for ${event.subject}: ${event.reason}${event.event === 'pull_request' ? ' (npx sluice pr runs it here)' : ''}`,
        )
        break
      }
      case 'pull-request-opened':
        view.line(`pull request ${event.number} opened: ${event.title}`)
        break
      case 'pull-request-merged':
        view.line(`pull request ${event.number} merged by ${event.by}`)
        break
      default:
    }
  }
  return { failures, onEvent }
}
