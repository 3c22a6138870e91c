import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compiledCode } from '../cache-folder.ts'
import type { DeliverOptions } from './options.ts'
import { bringBaseline } from './bring-baseline.ts'
import { runProgram } from './child-process.ts'
import { collectResults, copyArtifacts } from './collect-results.ts'
import { firstComponent } from './first-component.ts'
import { followPromotions } from './follow-promotions.ts'
import { followWorkflows } from './follow-workflows.ts'
import { git } from './git.ts'
import { LiveLine } from './live-line.ts'
import { commitFault, createLocalMain, writeEnvironments } from './local-main.ts'
import { agreeingPeople, peopleAtTerminal } from './people.ts'
import { Phases } from './phases.ts'
import { prepareDelivery, type PreparedDelivery } from './prepare-delivery.ts'
import { renderReport } from './report.ts'
import { openRunFolder, type RunFolder } from './run-folder.ts'
import { startMachine } from './start-machine.ts'
import { stateVariable, sweepRun } from './sweep.ts'
import { renderTimeline } from './render-timeline.ts'
import { Timeline } from './timeline.ts'
import { startTraffic } from './traffic.ts'
import { createView, type View } from './view.ts'
import { untilInterrupted } from './until-interrupted.ts'
import { describeStage, watchRollouts } from './watch-rollouts.ts'

/**
 * Requests a second through the production load balancer until production itself is replaced. Then they are as many as the options
 * say: by default so many that at 25 % the judge has the five hundred requests that a pass takes within nine seconds. One machine
 * does all the work: what people ask for before is taken from what the delivery has.
 */
const trafficBefore = 40

/** How long production is watched after a roll back, in milliseconds: the report shows that nothing fails any more. */
const watchedAfterRollBack = 3000

/** Carries HEAD to production on this machine. Resolves with the exit code: 0 when production runs it. */
export async function deliverHead(options: DeliverOptions): Promise<number> {
  const prepared = await prepareDelivery(process.cwd(), options)
  const { head } = prepared
  const run = await openRunFolder(head.checkout, head.commit, new Date(), sweepRun)
  process.env[stateVariable] = run.state
  const view = createView(process.stdout, () => performance.now())
  const ending = new AsyncDisposableStack()
  ending.defer(() => run.release())
  ending.defer(() => view.close())
  try {
    return await untilInterrupted({
      signals: process,
      work: (interrupt) => travel({ options, prepared, run, view, ending, interrupt }),
      keep: options.keep,
      onKept: (url) => console.log(`\nStill running: ${url} (Ctrl-C ends it)`),
      onInterrupted: () => view.line('interrupted: ending everything that was started'),
    })
  } finally {
    await ending.disposeAsync().catch((error: unknown) => console.error(error))
  }
}

/** The way of the change, from the checkout to the report. */
async function travel(journey: {
  readonly options: DeliverOptions
  readonly prepared: PreparedDelivery
  readonly run: RunFolder
  readonly view: View
  readonly ending: AsyncDisposableStack
  readonly interrupt: AbortSignal
}): Promise<{ exitCode: number; url: string }> {
  const { options, run, view, ending } = journey
  const { head, plan, port, k6 } = journey.prepared
  const { checkout } = head
  view.line(`delivering ${head.commit.slice(0, 7)} "${head.subject}" (run ${run.id})`)
  const { service, servicePath, environments } = plan
  if (plan.others.length > 0) view.line(`delivering the service ${service}; the others stay as they are`)

  const began = performance.now()
  const sinceBegan = () => performance.now() - began
  const phases = new Phases(sinceBegan)
  const timeline = new Timeline(sinceBegan)
  phases.enter('prepare')
  const main = await createLocalMain(join(run.state, 'main'), head, servicePath)
  const delivered = options.fault ? await commitFault(main, head, options.fault, servicePath) : head
  if (options.fault) view.line(`committed a change that misbehaves: ${delivered.subject}`)
  await git(main.folder, ['checkout', '--quiet', '--force', '--detach', main.baseline.commit])
  const planned = join(run.state, 'environments')
  await writeEnvironments(planned, plan.files)
  await writeEnvironments(join(main.folder, 'environments'), plan.files)
  const templates = join(run.state, 'templates')
  const synth = [join(checkout, 'infra/bin/synth.ts'), '--environments', planned, '--out', templates]
  const synthesized = runProgram(process.execPath, synth, { cwd: checkout, env: { ...process.env, ...compiledCode() } })
  synthesized.catch(() => undefined)
  const machine = await startMachine({ run, head, main, plan, k6, port, options, ending })
  const { aws, github } = machine
  view.line(`AWS on ${aws.url} (tasks: ${aws.runtime}), GitHub on ${github.url}`)

  phases.enter('baseline')
  const baseline = await bringBaseline({ machine, run, head, delivered, main, plan, templates, synthesized, view })
  const production = environments.at(-1) ?? ''
  const url = baseline.urls.get(production) ?? ''
  const paths = [`/${firstComponent.replace('/', '%2f')}`, `/${firstComponent}/-/button-1.0.0.tgz`]
  const visitors = startTraffic({ url, paths, perSecond: trafficBefore, phase: 'build' })
  ending.defer(() => visitors.stop())
  phases.onEnter = (phase) => {
    visitors.enter(phase)
    if (phase === production) visitors.pace(options.traffic)
  }

  phases.enter('build')
  const live = new LiveLine(view)
  const rollouts = await watchRollouts({
    url: aws.url,
    environments,
    service,
    onChange: (environment, stage, { status }) => {
      live.rollout(environment, stage)
      view.line(`${environment}: ${describeStage(stage, status)}`)
      if (status === 'ROLLBACK_SUCCESSFUL') phases.enterLast('after roll back')
    },
  })
  ending.defer(() => rollouts.stop())
  const { failures, onEvent } = followWorkflows(environments, phases, view, live)
  machine.onEvent = (event) => {
    timeline.hear(event)
    onEvent(event)
  }
  const started = await github.push('you', 'main', { repository: main.folder, commit: baseline.merged })
  // A change of environments/ alone starts no main.yml: HEAD is then delivered as a person would, by hand.
  if (!started.some(({ workflow }) => workflow.endsWith('/main.yml')))
    await github.dispatch('you', 'main.yml', 'main', {})
  const people = options.yes ? agreeingPeople(view) : peopleAtTerminal(view, journey.interrupt)
  const ended = await followPromotions({ github, state: plan.state, people, view, deliverer: 'you' })
  if (phases.isLast) await new Promise((resolve) => setTimeout(resolve, watchedAfterRollBack))
  phases.leave()
  rollouts.stop()
  await visitors.stop()

  const report = await collectResults({
    ended,
    failures,
    head,
    options,
    baseline: baseline.release,
    main,
    environments,
    service,
    state: plan.state,
    urls: baseline.urls,
    cloud: aws,
    rollouts: rollouts.seen,
    traffic: visitors.phases,
    phases,
    github,
  })
  await copyArtifacts(join(run.state, 'github', 'runs'), run.results)
  await cp(aws.callLogFile, join(run.results, 'aws-calls.jsonl'))
  await writeFile(join(run.results, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  const picture = renderTimeline({
    title: `Delivery of ${head.commit.slice(0, 7)}`,
    phases: phases.spans,
    jobs: timeline.jobs,
  })
  await writeFile(join(run.results, 'timeline.svg'), picture)
  await writeFile(
    join(run.results, 'timeline.json'),
    `${JSON.stringify({ phases: phases.spans, jobs: timeline.jobs }, null, 2)}\n`,
  )
  view.close()
  console.log(renderReport(report, `.sluice/runs/${run.id}`))
  return { exitCode: report.result === 'delivered' ? 0 : 1, url }
}
