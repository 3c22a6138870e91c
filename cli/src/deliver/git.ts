import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'

const run = promisify(execFile)

/** What the local delivery's own commits are made as; the user's configuration is neither needed nor touched. */
export const identity = { name: 'sluice', email: 'sluice@localhost' }

const identityVariables = {
  GIT_AUTHOR_NAME: identity.name,
  GIT_AUTHOR_EMAIL: identity.email,
  GIT_COMMITTER_NAME: identity.name,
  GIT_COMMITTER_EMAIL: identity.email,
}

/** Runs git in a folder, with `input` to read if there is any, and gives its output, trimmed. Throws with git's own words. */
export async function git(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<string> {
  // The history that is made here is the run's own: git does not wait for the disk (git-config(1), core.fsync).
  const running = run('git', ['-C', folder, '-c', 'core.fsync=none', ...args], {
    env: { ...process.env, ...identityVariables, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  })
  // That git ended before it read all is said by its exit code.
  if (input != null) running.child.stdin?.on('error', () => undefined).end(input)
  const { stdout } = await running
  return stdout.trim()
}

/** HEAD of the user's checkout, when it can be delivered. */
export interface Head {
  readonly checkout: string
  readonly commit: string
  /** Absent for a first commit. */
  readonly parent?: string
  readonly subject: string
  readonly author: { readonly name: string; readonly email: string }
}

/** The root of the checkout that `folder` lies in. Throws a `ConfigurationError` without git, and outside of a checkout. */
export async function findCheckout(folder: string): Promise<string> {
  try {
    await run('git', ['--version'])
  } catch (error) {
    throw new ConfigurationError([{ message: 'git was not found on the PATH', hint: 'install git 2.30 or newer' }], {
      cause: error,
    })
  }
  try {
    return await git(folder, ['rev-parse', '--show-toplevel'])
  } catch (error) {
    throw new ConfigurationError(
      [
        {
          message: `expected a git checkout, found none in ${folder}`,
          hint: 'clone the repository; an archive has no commit to deliver',
        },
      ],
      { cause: error },
    )
  }
}

/** Looks at the checkout without touching it. Throws a `ConfigurationError` with everything that stands in the way. */
export async function readHead(checkout: string): Promise<Head> {
  const problems = []
  if ((await git(checkout, ['rev-parse', '--is-shallow-repository'])) === 'true') {
    problems.push({
      message: 'expected a full clone, found a shallow one: the evidence lists the commits between releases',
      hint: 'git fetch --unshallow',
    })
  }
  const changes = await git(checkout, ['status', '--porcelain'])
  if (changes !== '') {
    const files = changes.split('\n')
    problems.push({
      message: `expected a clean checkout, found ${files.length} uncommitted change(s), first: ${files[0]}`,
      hint: 'HEAD is delivered, not the files on disk: commit or stash them',
    })
  }
  let fields
  try {
    fields = (await git(checkout, ['log', '-1', '--format=%H%n%P%n%s%n%an%n%ae'])).split('\n')
  } catch (error) {
    throw new ConfigurationError([...problems, { message: 'expected a commit to deliver, found none' }], {
      cause: error,
    })
  }
  if (problems.length > 0) throw new ConfigurationError(problems)
  const [commit = '', parents = '', subject = '', name = '', email = ''] = fields
  const parent = parents.split(' ')[0]
  return { checkout, commit, subject, author: { name, email }, ...(parent ? { parent } : {}) }
}
