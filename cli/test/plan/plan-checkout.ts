import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname, '../../..')
/** What a plan is made of; all else of the checkout is this repository's. */
const own = ['actions/core', 'cli/src', 'environments', 'infra']

export interface PlanRun {
  readonly code: number | null
  readonly text: string
  readonly errors: string
}

/** A checkout of its own, of one commit, that `sluice` runs from: code, templates and environments can be changed in it. */
export function startPlanCheckout() {
  const folder = join(mkdtempSync(join(tmpdir(), 'sluice-plan-')), 'checkout')
  const filter = (path: string) => !['node_modules', 'cdk.out'].includes(basename(path))
  for (const path of own) cpSync(join(root, path), join(folder, path), { recursive: true, filter })
  for (const path of ['app', 'local', 'actions/src', 'package.json', 'cli/package.json'])
    symlinkSync(join(root, path), join(folder, path))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, '@sluice'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')).filter((one) => one !== '@sluice'))
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  const workspaces = { core: 'actions/core', infra: 'infra', app: 'app', local: 'local' }
  for (const [name, path] of Object.entries(workspaces)) symlinkSync(join(folder, path), join(modules, '@sluice', name))
  const git = (at: string, ...args: string[]) =>
    execFileSync('git', ['-C', at, '-c', 'user.name=ann', '-c', 'user.email=ann@example.com', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n')
  git(folder, 'init', '--quiet', '--initial-branch', 'main')
  const commit = (message: string) => {
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '--message', message)
  }
  commit('what is deployed')

  /** `sluice plan`, as a job runs it: no credentials, and no network where the machine can cut it off. */
  async function plan(args: readonly string[], { command = [], at = folder }: PlanOptions = {}): Promise<PlanRun> {
    const line = [...command, process.execPath, join(at, 'cli/src/main.ts'), 'plan', ...args]
    const child = spawn(line[0] ?? process.execPath, line.slice(1), {
      cwd: at,
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const said = { text: '', errors: '' }
    child.stdout.on('data', (chunk: Buffer) => (said.text += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said.errors += chunk.toString()))
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, ...said }
  }

  return {
    folder,
    commit,
    plan,
    edit(file: string, from: string | RegExp, to: string): void {
      const before = readFileSync(join(folder, file), 'utf8')
      const after = before.replace(from, to)
      if (after === before) throw new Error(`${file}: expected ${String(from)}, found nothing to replace`)
      writeFileSync(join(folder, file), after)
    },
    /** The same checkout with its last commit alone, as `actions/checkout` makes it by default. */
    shallowClone(): string {
      const clone = join(folder, '../shallow')
      git(folder, 'clone', '--quiet', '--depth', '1', `file://${folder}`, clone)
      symlinkSync(modules, join(clone, 'node_modules'))
      return clone
    },
    close: () => rmSync(join(folder, '..'), { recursive: true, force: true }),
  }
}

interface PlanOptions {
  /** What the command is run by. */
  readonly command?: readonly string[]
  readonly at?: string
}
