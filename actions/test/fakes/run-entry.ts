import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How an action's process ended. */
export interface EntryRun {
  readonly code: number | null
  readonly log: string
  readonly summary: string
  readonly outputs: Readonly<Record<string, string>>
}

/** Runs an action's entry as a process, as a runner does: inputs by the environment, outputs by a file, nothing else. */
export async function runEntry(
  name: string,
  inputs: Readonly<Record<string, string | undefined>>,
  env: Readonly<Record<string, string>>,
): Promise<EntryRun> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-entry-'))
  const [output, summary] = [join(folder, 'output'), join(folder, 'summary')]
  const given = Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] != null)
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url))], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      HOME: folder,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: touch(output),
      GITHUB_STEP_SUMMARY: touch(summary),
      GITHUB_REPOSITORY: 'acme/sluice',
      GITHUB_RUN_ID: '4711',
      GITHUB_SHA: 'c'.repeat(40),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...Object.fromEntries(given.map(([key, value]) => [`INPUT_${key.toUpperCase()}`, value])),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (log += text))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, log, summary: readFileSync(summary, 'utf8'), outputs: readOutputs(readFileSync(output, 'utf8')) }
}

function touch(file: string): string {
  writeFileSync(file, '')
  return file
}

function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  for (const [, name = '', , value = ''] of text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n?\2$/gm)) outputs[name] = value
  return outputs
}
