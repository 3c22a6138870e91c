/**
 * `npm run check`: every check that needs no server, in the order in which a failure is cheapest to read. Runs them all and
 * reports all that failed; exit code 1 when any did. `npm run check types dist` runs those two.
 */
import { spawn } from 'node:child_process'

interface Check {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** What to do when it fails. */
  readonly remedy: string
}

const checks: readonly Check[] = [
  { name: 'format', command: ['oxfmt', '--check'], remedy: 'npm run fix' },
  { name: 'lint', command: ['oxlint', '--type-aware'], remedy: 'npm run fix, or mend what it names' },
  { name: 'types', command: ['tsc', '-b'], remedy: 'mend what it names' },
  { name: 'unused', command: ['knip', '--no-progress'], remedy: 'remove what nothing uses, or list what it needs' },
  { name: 'generated', command: ['node', 'scripts/generate.ts', '--check'], remedy: 'npm run generate' },
]

async function run({ name, command, remedy }: Check): Promise<boolean> {
  const began = performance.now()
  const output: Buffer[] = []
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  if (code === 0) {
    console.log(`check ${name}: ok (${seconds} s)`)
    return true
  }
  console.log(`${Buffer.concat(output).toString()}\ncheck ${name}: FAILED (${seconds} s). To mend: ${remedy}`)
  return false
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0)
  throw new Error(`unknown check ${unknown.join(', ')}; there are ${checks.map(({ name }) => name).join(', ')}`)

let failed = 0
for (const check of checks) {
  if (wanted.length > 0 && !wanted.includes(check.name)) continue
  if (!(await run(check))) failed += 1
}
process.exitCode = failed > 0 ? 1 : 0
