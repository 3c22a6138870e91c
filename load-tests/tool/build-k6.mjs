import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { runProgram } from './run-program.mjs'
import { atLeast, k6Version } from './version.mjs'

/** Older Go cannot build it (its go.mod says 1.25). */
const oldestGo = [1, 25]

/** @typedef {import('./k6.mjs').FindOptions} FindOptions */
/** @typedef {Required<Pick<FindOptions, 'env' | 'platform' | 'report'>> & FindOptions} GetOptions */

/**
 * Builds it with Go, which takes about two minutes.
 * @param {string} room
 * @param {string} executable
 * @param {GetOptions} options
 */
export async function buildK6(room, executable, { env, report }) {
  const { code: missing, output: answer } = await runProgram('go', ['version'], { env, timeout: 60_000 })
  const go = /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(answer)?.[1]
  if (missing !== 0 || go == null) throw new Error(`Go ${oldestGo.join('.')} or newer is needed, found none`)
  if (!atLeast(go, oldestGo)) throw new Error(`Go ${oldestGo.join('.')} or newer is needed, found ${go}`)

  const began = Date.now()
  report(`building k6 ${k6Version} with Go ${go}, once; about two minutes`)
  const ticker = setInterval(() => report(`building k6: ${Math.round((Date.now() - began) / 1000)} s`), 10_000)
  try {
    const { code, output } = await runProgram('go', ['install', `go.k6.io/k6@v${k6Version}`], {
      env: await goEnvironment(room, env),
      timeout: 15 * 60_000,
    })
    if (code !== 0) throw new Error(output.trim().split('\n').slice(-3).join(' ') || `exit code ${code}`)
    report(`built k6 ${k6Version} in ${Math.round((Date.now() - began) / 1000)} s`)
    return join(room, executable)
  } finally {
    clearInterval(ticker)
  }
}

/**
 * Modules that are there are used; else they are fetched into the room and go with it: a home folder is not ours to fill.
 * @param {string} room
 * @param {NodeJS.ProcessEnv} env
 */
async function goEnvironment(room, env) {
  const { output } = await runProgram('go', ['env', 'GOMODCACHE'], { env, timeout: 60_000 })
  const modules = output.trim()
  const exists = await stat(modules).then(
    () => true,
    () => false,
  )
  return {
    ...env,
    GOBIN: room,
    ...(modules !== '' && exists ? {} : { GOMODCACHE: join(room, 'modules') }),
    GOFLAGS: [env['GOFLAGS'], '-modcacherw'].filter(Boolean).join(' '),
  }
}
