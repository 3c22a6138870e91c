// What `npm start` and `npm test` need, set up where it is missing: the dependencies and k6.
// Node built-ins only, and nothing newer than Node 20: this runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const lock = `${root}package-lock.json`
/** npm writes this file last, so it is newer than the lock exactly when an install has finished. */
const installed = `${root}node_modules/.package-lock.json`

class SetUpError extends Error {}

/** @param {string} node */
function nodeMajor(node) {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 0)
}

function setUp() {
  if (nodeMajor(process.execPath) < 20)
    throw new SetUpError(`Node.js 20 or newer is needed to set up; this is ${process.version}`)

  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    const began = Date.now()
    console.log('set-up: installing the locked dependencies (npm ci; about half a minute with an empty cache)')
    const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
    })
    if (status !== 0)
      throw new SetUpError('npm ci failed; its own message is above. Mend that and run the same command again')
    console.log(`set-up: dependencies installed in ${Math.round((Date.now() - began) / 1000)} s`)
  }

  // Everything after set-up runs on Node 24: the machine's own, or the platform's binary package, which npm scripts find first.
  const bundled = `${root}node_modules/.bin/node`
  if (nodeMajor(existsSync(bundled) ? bundled : 'node') < 24) {
    throw new SetUpError(
      `Node.js 24 or newer is needed to run, and no binary package exists for ${process.platform}-${process.arch}; ` +
        'install Node.js 24 and run the same command again',
    )
  }
}

/** Deliveries need k6; tests that need it say so themselves, and fail instead of skipping where SLUICE_REQUIRE is set. */
async function setUpK6() {
  const { findK6, K6NotFoundError } = await import('../load-tests/tool/k6.mjs')
  try {
    await findK6({ report: (line) => console.log(`set-up: ${line}`) })
  } catch (error) {
    if (!(error instanceof K6NotFoundError)) throw error
    if (process.env['npm_lifecycle_event'] !== 'pretest' || process.env['SLUICE_REQUIRE'])
      throw new SetUpError(error.message)
    console.warn(`set-up: tests that load with k6 will be skipped: ${error.message}`)
  }
}

try {
  setUp()
  await setUpK6()
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  console.error(`set-up: ${error.message}`)
  process.exitCode = 1
}
