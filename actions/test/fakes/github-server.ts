import { createHash } from 'node:crypto'
import { serve, type Answer, type Request } from './http-server.ts'

type Json = Record<string, unknown>

/** A pull request, with the fields of GitHub's API that are read. */
export interface FakePull extends Json {
  number: number
  state: string
  merged_at: string | null
  head: { ref: string; sha: string; repo?: { full_name: string } }
}

/** The part of one repository that the actions see, in memory. Files of a branch are path to text. */
export interface FakeGitHub {
  readonly url: string
  readonly branches: Map<string, { sha: string; files: Record<string, string> }>
  readonly pulls: FakePull[]
  readonly issues: Json[]
  readonly comments: Json[]
  readonly reviews: Map<number, Json[]>
  readonly statuses: Json[]
  readonly deployments: Json[]
  readonly deploymentStatuses: Json[]
  readonly dispatches: Json[]
  readonly checkRuns: Json[]
  approvals: Json[]
  run: Json
  compare: Json | undefined
  /** Comparisons of their own, by `base...head`. */
  readonly comparisons: Map<string, Json>
  /** The commits that touched a path, newest first; and what they were asked for. */
  readonly history: Map<string, Json[]>
  readonly historyQueries: Array<Record<string, string>>
  /** Status of the answer to a list of commits, when it is refused. */
  refuseHistory: number | undefined
  /** Status of the answer to a merge, when it is refused. */
  refuseMerge: number | undefined
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')

/** Serves the fake. The repository is acme/sluice; `main` has the given files. */
export async function fakeGitHub(files: Record<string, string> = {}): Promise<FakeGitHub> {
  const github: Omit<FakeGitHub, 'url'> = {
    branches: new Map([['main', { sha: sha1('main'), files }]]),
    pulls: [],
    issues: [],
    comments: [],
    reviews: new Map(),
    statuses: [],
    deployments: [],
    deploymentStatuses: [],
    dispatches: [],
    checkRuns: [],
    approvals: [],
    run: { actor: { login: 'alice' }, triggering_actor: { login: 'alice' } },
    compare: undefined,
    comparisons: new Map(),
    history: new Map(),
    historyQueries: [],
    refuseHistory: undefined,
    refuseMerge: undefined,
  }
  const url = await serve((request) => answer(github, request))
  return Object.assign(github, { url })
}

function onePage(request: Request, all: readonly Json[]): Answer {
  const [size, page] = [Number(request.query.get('per_page') ?? 30), Number(request.query.get('page') ?? 1)]
  const next = new URLSearchParams([...request.query])
  next.set('page', String(page + 1))
  const link = `<http://${request.headers.host}${request.path}?${next.toString()}>; rel="next"`
  return {
    status: 200,
    body: all.slice((page - 1) * size, page * size),
    ...(all.length > page * size ? { headers: { link } } : {}),
  }
}

/** The files in which a branch differs from main's; this fake keeps no history to look for the commit where both parted. */
function compared(github: Omit<FakeGitHub, 'url'>, range: string): Json | undefined {
  const [from, to] = range.split('...').map((sha) => [...github.branches.values()].find((each) => each.sha === sha))
  if (!from || !to) return undefined
  const paths = [...new Set([...Object.keys(from.files), ...Object.keys(to.files)])]
  return { files: paths.filter((path) => from.files[path] !== to.files[path]).map((filename) => ({ filename })) }
}

function answer(github: Omit<FakeGitHub, 'url'>, request: Request): Answer {
  const path = request.path.replace('/repos/acme/sluice', '')
  const route = `${request.method} ${path}`
  const ok = (body: unknown, status = 200): Answer => ({ status, body })
  const missing: Answer = { status: 404, body: { message: 'Not Found' } }
  const match = (pattern: RegExp) => pattern.exec(route)
  const branchOf = (ref: string) =>
    github.branches.get(ref.replace('refs/heads/', '')) ?? [...github.branches.values()].find(({ sha }) => sha === ref)
  const body = request.json()
  let found

  if ((found = match(/^GET \/git\/ref\/heads\/(.+)$/))) {
    const branch = branchOf(found[1] ?? '')
    return branch ? ok({ object: { sha: branch.sha } }) : missing
  }
  if (route === 'POST /git/refs') {
    const name = String(body['ref']).replace('refs/heads/', '')
    if (github.branches.has(name)) return { status: 422, body: { message: 'Reference already exists' } }
    github.branches.set(name, { sha: String(body['sha']), files: { ...github.branches.get('main')?.files } })
    return ok({}, 201)
  }
  if ((found = match(/^PATCH \/git\/refs\/heads\/(.+)$/))) {
    github.branches.set(found[1] ?? '', { sha: String(body['sha']), files: { ...github.branches.get('main')?.files } })
    return ok({})
  }
  if ((found = match(/^GET \/contents\/(.+)$/))) {
    const text = branchOf(request.query.get('ref') ?? 'main')?.files[found[1] ?? '']
    if (text == null) return missing
    return ok({ type: 'file', content: Buffer.from(text).toString('base64'), sha: sha1(text) })
  }
  if ((found = match(/^PUT \/contents\/(.+)$/))) {
    const branch = github.branches.get(String(body['branch']))
    const before = branch?.files[found[1] ?? '']
    if (!branch || before == null) return missing
    if (sha1(before) !== body['sha']) return { status: 409, body: { message: 'does not match' } }
    branch.files[found[1] ?? ''] = Buffer.from(String(body['content']), 'base64').toString()
    branch.sha = sha1(branch.sha + String(body['content']))
    for (const pull of github.pulls) if (pull.head.ref === body['branch']) pull.head.sha = branch.sha
    return ok({ commit: { sha: branch.sha } })
  }
  if (route === 'GET /pulls') {
    const head = request.query.get('head')?.split(':')[1]
    const state = request.query.get('state')
    return ok(github.pulls.filter((pull) => pull.state === state && (head == null || pull.head.ref === head)))
  }
  if (route === 'POST /pulls') {
    const number = github.pulls.length + 1
    const ref = String(body['head'])
    const head = { ref, sha: github.branches.get(ref)?.sha ?? '', repo: { full_name: 'acme/sluice' } }
    const html_url = `https://github.com/acme/sluice/pull/${number}`
    const pull = {
      ...body,
      number,
      html_url,
      state: 'open',
      merged_at: null,
      user: { login: 'github-actions[bot]' },
      head,
    }
    github.pulls.push(pull)
    return ok(pull, 201)
  }
  if ((found = match(/^(?:GET|PATCH) \/pulls\/(\d+)$/))) {
    const pull = github.pulls[Number(found[1]) - 1]
    if (!pull) return missing
    if (request.method === 'PATCH') Object.assign(pull, body)
    return ok(pull)
  }
  if ((found = match(/^PUT \/pulls\/(\d+)\/merge$/))) {
    const pull = github.pulls[Number(found[1]) - 1]
    if (!pull) return missing
    if (github.refuseMerge != null)
      return { status: github.refuseMerge, body: { message: 'Required status check "required" is expected.' } }
    if (pull.head.sha !== body['sha']) return { status: 409, body: { message: 'Head branch was modified' } }
    const files = github.branches.get(pull.head.ref)?.files ?? {}
    github.branches.set('main', { sha: sha1(pull.head.sha), files })
    Object.assign(pull, { state: 'closed', merged_at: '2026-11-20T12:00:00Z' })
    return ok({ sha: sha1(pull.head.sha), merged: true })
  }
  if (route === 'GET /issues') {
    return onePage(
      request,
      github.issues.filter(({ state }) => state === request.query.get('state')),
    )
  }
  if (route === 'GET /commits') {
    if (github.refuseHistory != null) return { status: github.refuseHistory, body: { message: 'Forbidden' } }
    github.historyQueries.push(Object.fromEntries(request.query))
    return onePage(request, github.history.get(request.query.get('path') ?? '') ?? [])
  }
  if (route === 'POST /issues') {
    const issue = { state: 'open', user: { type: 'Bot' }, ...body, number: github.issues.length + 1 }
    github.issues.push(issue)
    return ok(issue, 201)
  }
  if ((found = match(/^PATCH \/issues\/(\d+)$/))) {
    const wanted = Number(found[1])
    const issue = github.issues.find(({ number }) => number === wanted)
    return issue ? ok(Object.assign(issue, body)) : missing
  }
  if ((found = match(/^POST \/issues\/(\d+)\/comments$/))) {
    github.comments.push({ ...body, issue: Number(found[1]) })
    return ok({}, 201)
  }
  if ((found = match(/^GET \/pulls\/(\d+)\/reviews$/))) return ok(github.reviews.get(Number(found[1])) ?? [])
  if (match(/^GET \/commits\/[^/]+\/pulls$/)) return ok([])
  if (match(/^GET \/commits\/[^/]+\/check-runs$/))
    return ok({ total_count: github.checkRuns.length, check_runs: github.checkRuns })
  if (match(/^GET \/commits\/[^/]+\/statuses$/)) return ok(github.statuses.toReversed())
  if ((found = match(/^POST \/statuses\/(.+)$/))) {
    github.statuses.push({ ...body, sha: found[1], created_at: '2026-11-20T11:00:00Z' })
    return ok({}, 201)
  }
  if ((found = match(/^GET \/compare\/(.+)$/))) {
    const comparison = github.comparisons.get(found[1] ?? '') ?? github.compare ?? compared(github, found[1] ?? '')
    return comparison ? ok(comparison) : missing
  }
  if (route === 'GET /deployments') {
    return ok(
      github.deployments
        .filter((deployment) => ['environment', 'task'].every((key) => deployment[key] === request.query.get(key)))
        .toReversed(),
    )
  }
  if (route === 'POST /deployments') {
    const deployment = { ...body, id: github.deployments.length + 1 }
    github.deployments.push(deployment)
    return ok(deployment, 201)
  }
  if ((found = match(/^POST \/deployments\/(\d+)\/statuses$/))) {
    github.deploymentStatuses.push({ ...body, deployment: Number(found[1]) })
    return ok({}, 201)
  }
  if (match(/^POST \/actions\/workflows\/[^/]+\/dispatches$/)) {
    github.dispatches.push({ ...body, workflow: path.split('/')[3] })
    return { status: 204 }
  }
  if (match(/^GET \/actions\/runs\/\d+\/approvals$/)) return ok(github.approvals)
  if (match(/^GET \/actions\/runs\/\d+$/)) return ok(github.run)
  return { status: 500, body: { message: `the fake does not know ${route}` } }
}
