import { cp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { findK6 } from '@sluice/load-tests/k6'
import { parseDesiredState } from '@sluice/core/environment/read'
import { names } from '@sluice/core/names'
import { startAws, type LocalAws } from '@sluice/local/aws'
import { startGitHub, type GitHubEvent } from '@sluice/local/github'
import { shared } from '@sluice/infra/planning'
import type { DeliverOptions } from '../deliver.ts'
import { buildBaseline } from './baseline.ts'
import { runProgram } from './child-process.ts'
import { collectResults, copyArtifacts } from './collect-results.ts'
import { startDatabase } from './database.ts'
import { provisionEnvironment, provisionShared } from './environments.ts'
import { firstComponent, publishFirstComponent, registerPublisher } from './first-component.ts'
import { followPromotions, type Stop } from './follow-promotions.ts'
import { git, readHead } from './git.ts'
import {
  commitFault,
  commitHistory,
  createLocalMain,
  readYamlFiles,
  withRelease,
  writeEnvironments,
} from './local-main.ts'
import { applyOverlay } from './overlay.ts'
import { agreeingPeople, peopleAtTerminal } from './people.ts'
import { Phases } from './phases.ts'
import { renderReport } from './report.ts'
import { openRunFolder } from './run-folder.ts'
import { startTraffic } from './traffic.ts'
import { createView } from './view.ts'
import { watchRollouts } from './watch-rollouts.ts'

/** Requests a second through the production load balancer, all through the delivery: enough for the judge to be sure soon. */
const trafficPerSecond = 240

/** Carries HEAD to production on this machine. Resolves with the exit code: 0 when production runs it. */
export async function deliverHead(options: DeliverOptions): Promise<number> {
  const head = await readHead(process.cwd())
  const { checkout } = head
  const k6 = await findK6({ report: (line: string) => console.log(line) })
  const port = options.port === 0 ? await freePort() : options.port
  const run = await openRunFolder(checkout, head.commit, new Date(), async () => undefined)
  const view = createView(process.stdout, () => performance.now())
  const phases = new Phases(() => performance.now())
  const ending: (() => Promise<void> | void)[] = [() => run.release(), () => view.close()]
  const interrupt = new AbortController()
  const stop = () => interrupt.abort(new Error('interrupted'))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const interrupted = new Promise<never>((_, reject) => {
    interrupt.signal.addEventListener('abort', () => reject(interrupt.signal.reason as Error), { once: true })
  })
  interrupted.catch(() => undefined)

  const deliver = async (): Promise<number> => {
    view.line(`delivering ${head.commit.slice(0, 7)} "${head.subject}" (run ${run.id})`)
    const realFiles = await readYamlFiles(join(checkout, 'environments'))
    const overlay = await readYamlFiles(join(checkout, 'local/overlay'))
    const overlaid = applyOverlay(realFiles, overlay, { ENDPOINT_HOST: `127.0.0.1:${port}` })
    const state = parseDesiredState(overlaid)
    const [service = '', ...others] = Object.keys(state.project.services)
    if (others.length > 0) view.line(`delivering the service ${service}; the others stay as they are`)
    const environments = inOrder(state.environments)

    phases.enter('prepare')
    const main = await createLocalMain(join(run.state, 'main'), head, state.project.services[service]?.path ?? '')
    const delivered = options.fault
      ? await commitFault(main, head, options.fault, state.project.services[service]?.path ?? '')
      : head
    if (options.fault) view.line(`committed a change that misbehaves: ${delivered.subject}`)
    await git(main.folder, ['checkout', '--quiet', '--force', '--detach', main.baseline.commit])
    const planned = join(run.state, 'environments')
    await writeEnvironments(planned, overlaid)
    await writeEnvironments(join(main.folder, 'environments'), overlaid)
    const templates = join(run.state, 'templates')
    const synthesized = runProgram(
      process.execPath,
      [join(checkout, 'infra/bin/synth.ts'), '--environments', planned, '--out', templates],
      {
        cwd: checkout,
        env: process.env,
      },
    )
    const databases = startDatabase(
      checkout,
      join(run.state, 'postgres'),
      environments.map((name) => `registry_${name}`),
    )
    const tools = {
      PATH: [dirname(process.execPath), dirname(k6.path), process.env['PATH'] ?? ''].join(':'),
      RUNNER_TOOL_CACHE: toolCache(),
    }
    let aws: LocalAws | undefined
    const onEvent = { current: (): void => {} } as { current: (event: GitHubEvent) => void }
    const github = await startGitHub({
      folder: join(run.state, 'github'),
      source: { repository: main.folder, commit: main.baseline.commit },
      owner: state.project.github.owner,
      ownerId: state.project.github.ownerId,
      repository: state.project.github.repository,
      repositoryId: state.project.github.repositoryId,
      users: [{ login: 'you', kind: 'user', emails: [head.author.email] }],
      environments: Object.fromEntries(
        Object.entries(state.environments).flatMap(([name, { environment }]) => [
          [
            names.githubEnvironment.reviewed(name),
            { reviewers: environment.promotion.reviewers, preventSelfReview: true, branches: ['main'] },
          ],
          [names.githubEnvironment.rollout(name), { reviewers: [], preventSelfReview: false, branches: ['main'] }],
        ]),
      ),
      jobEnvironment: () => ({
        ...tools,
        AWS_ENDPOINT_URL: aws?.url ?? '',
        AWS_EC2_METADATA_DISABLED: 'true',
        npm_config_cache: process.env['npm_config_cache'] ?? join(homedir(), '.npm'),
      }),
      onEvent: (event) => onEvent.current(event),
    })
    ending.unshift(() => github.close())
    aws = await startAws({
      port,
      stateFolder: join(run.state, 'aws'),
      speed: options.speed,
      runtime: options.runtime,
      oidc: github.oidc,
    })
    const cloud = aws
    ending.unshift(() => cloud.close())
    view.line(`AWS on ${cloud.url} (tasks: ${cloud.runtime}), GitHub on ${github.url}`)
    const database = await databases
    ending.push(() => database.close())

    phases.enter('baseline')
    await synthesized
    await provisionShared(cloud, templates)
    const label = main.baseline.isParent ? "HEAD's parent" : 'HEAD itself, as baseline: it has no usable parent'
    view.line(`no predecessor yet: bringing ${label} to every environment first, without gates`)
    const baseline = await buildBaseline({
      aws: cloud,
      checkout,
      main,
      service,
      scratch: join(run.state, 'baseline'),
      environment: tools,
      onLine: (line) => view.status(line),
    })
    const releasedFiles = withRelease(overlaid, service, baseline)
    const { overlaid: start, merged } = await commitHistory(main, delivered, releasedFiles)
    await writeFile(
      join(run.results, 'overlay.diff'),
      `${await git(main.folder, ['diff', head.commit, merged, '--', 'environments'])}\n`,
    )
    await github.seed('main', { repository: main.folder, commit: start })
    const firstImage = `127.0.0.1:${port}/${baseline.image}`
    const provision = { aws: cloud, checkout, templates, database, firstImage, service }
    const urls = new Map(
      await Promise.all(environments.map(async (name) => [name, await provisionEnvironment(provision, name)] as const)),
    )
    const last = environments.at(-1) ?? ''
    const url = urls.get(last) ?? ''
    const token = await registerPublisher(url)
    await publishFirstComponent(url, token)
    view.line(
      `${environments.join(', ')} run ${baseline.image.split(':').at(-1)?.slice(0, 12)}; ${firstComponent} is published in ${last}`,
    )
    const traffic = startTraffic({
      url,
      paths: [`/${firstComponent.replace('/', '%2f')}`, `/${firstComponent}/-/button-1.0.0.tgz`],
      perSecond: trafficPerSecond,
      phase: 'build',
    })
    ending.unshift(() => traffic.stop())
    phases.onEnter = (phase) => traffic.enter(phase)

    phases.enter('build')
    const rollouts = await watchRollouts({
      url: cloud.url,
      environments,
      service,
      onChange: (environment, { stage, weight }, { status }) =>
        view.line(`${environment}: ${stage} (${status}), ${weight} % on the new revision`),
    })
    ending.unshift(() => rollouts.stop())
    const failures: string[] = []
    onEvent.current = (event) => {
      if (event.type === 'job-started') {
        const environment = environments.find(
          (name) => event.run.name.includes(` to ${name}`) || event.job.includes(` to ${name}`),
        )
        if (environment != null) phases.enter(environment)
        view.status(`${event.run.name}: ${event.job}`)
      }
      if (event.type === 'job-finished' && event.conclusion !== 'skipped')
        view.line(`${event.conclusion === 'success' ? 'ok  ' : event.conclusion}  ${event.run.name}: ${event.job}`)
      if (event.type === 'annotation' && event.level === 'error') {
        failures.push(event.message)
        view.line(`      ${event.job}: ${event.message}`)
      }
      if (event.type === 'pull-request-opened') view.line(`pull request ${event.number} opened: ${event.title}`)
      if (event.type === 'pull-request-merged') view.line(`pull request ${event.number} merged by ${event.by}`)
    }
    const started = await github.push('you', 'main', { repository: main.folder, commit: merged })
    if (!started.some(({ workflow }) => workflow.endsWith('/main.yml')))
      await github.dispatch('you', 'main.yml', 'main', {})
    const people = options.yes ? agreeingPeople(view) : peopleAtTerminal(view, interrupt.signal)
    const ended: Stop = await followPromotions({ github, state, people, view, deliverer: 'you' })
    phases.leave()
    rollouts.stop()
    await traffic.stop()

    const report = await collectResults({
      ended,
      failures,
      head,
      options,
      baseline,
      main,
      environments,
      service,
      state,
      urls,
      cloud,
      rollouts: rollouts.seen,
      traffic: traffic.phases,
      phases,
      github,
    })
    await copyArtifacts(join(run.state, 'github', 'runs'), run.results)
    await cp(cloud.callLogFile, join(run.results, 'aws-calls.jsonl'))
    await writeFile(join(run.results, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
    view.close()
    console.log(renderReport(report, `.sluice/runs/${run.id}`))
    if (options.keep && report.result === 'delivered') {
      console.log(`\nStill running: ${url} (Ctrl-C ends it)`)
      await interrupted.catch(() => undefined)
    }
    return report.result === 'delivered' ? 0 : 1
  }

  try {
    return await Promise.race([deliver(), interrupted])
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
    view.line('interrupted: ending everything that was started')
    return 130
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    for (const end of ending) await Promise.resolve(end()).catch((error: unknown) => console.error(error))
  }
}

/** Environments from the first to the last on the way of a release. */
function inOrder(
  environments: Readonly<
    Record<
      string,
      { readonly name: string; readonly environment: { readonly promotion: { readonly from?: string | undefined } } }
    >
  >,
): string[] {
  const order: string[] = []
  const after = (from: string | undefined) => {
    for (const { name, environment } of Object.values(environments)) {
      if (environment.promotion.from !== from || order.includes(name)) continue
      order.push(name)
      after(name)
    }
  }
  after(undefined)
  return order.filter((name) => name !== shared)
}

/** Layers of images are kept between runs, outside of the checkout. */
function toolCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as { port: number }
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
