import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildBaseline } from './baseline.ts'
import { prepareEnvironment, provisionServices, provisionShared } from './environments.ts'
import { firstComponent, publishFirstComponent, registerPublisher } from './first-component.ts'
import { git, type Head } from './git.ts'
import { commitHistory, withRelease, type BaselineRelease, type LocalMain } from './local-main.ts'
import type { DeliveryPlan } from './plan-delivery.ts'
import type { RunFolder } from './run-folder.ts'
import type { Machine } from './start-machine.ts'
import type { View } from './view.ts'

/** Every environment with the predecessor in it, and the commit that is about to be pushed. */
export interface BroughtBaseline {
  readonly release: BaselineRelease
  /** Production's address of each environment. */
  readonly urls: ReadonlyMap<string, string>
  /** The commit that delivers HEAD. */
  readonly merged: string
}

/** Provisions the environments from their templates with the baseline running in them, and one component published. */
export async function bringBaseline(options: {
  readonly machine: Machine
  readonly run: RunFolder
  readonly head: Head
  readonly delivered: Head
  readonly main: LocalMain
  readonly plan: DeliveryPlan
  /** The folder of templates, and when they are all there. */
  readonly templates: string
  readonly synthesized: Promise<unknown>
  readonly view: View
}): Promise<BroughtBaseline> {
  const { machine, run, head, main, plan, templates, view } = options
  const { aws, github, database, tools } = machine
  const { service, environments } = plan
  const { checkout } = head
  await options.synthesized
  await provisionShared(aws, templates)
  const label = main.baseline.isParent ? "HEAD's parent" : 'HEAD itself, as baseline: it has no usable parent'
  view.line(`no predecessor yet: bringing ${label} to every environment first, without gates`)
  // What services stand on needs no image: it is made while that is built.
  const site = { aws, checkout, templates, database }
  const prepared = Promise.all(environments.map((name) => prepareEnvironment(site, name)))
  prepared.catch(() => undefined)
  const release = await buildBaseline({
    aws,
    checkout,
    main,
    service,
    scratch: join(run.state, 'baseline'),
    environment: tools,
    onLine: (line) => view.status(line),
  })
  const firstImage = `${new URL(aws.url).host}/${release.image}`
  const ready = Promise.all([prepared, aws.prepareImage(firstImage)])
  ready.catch(() => undefined)
  const { overlaid, merged } = await commitHistory(
    main,
    options.delivered,
    withRelease(new Map(plan.files), service, release),
  )
  await writeFile(
    join(run.results, 'overlay.diff'),
    `${await git(main.folder, ['diff', head.commit, merged, '--', 'environments'])}\n`,
  )
  await github.seed('main', { repository: main.folder, commit: overlaid })
  const provision = { aws, templates, firstImage, service }
  await ready
  const urls = new Map(
    await Promise.all(environments.map(async (name) => [name, await provisionServices(provision, name)] as const)),
  )
  const last = environments.at(-1) ?? ''
  const url = urls.get(last) ?? ''
  await publishFirstComponent(url, await registerPublisher(url))
  const digest = release.image.split(':').at(-1)?.slice(0, 12)
  view.line(`${environments.join(', ')} run ${digest}; ${firstComponent} is published in ${last}`)
  return { release, urls, merged }
}
