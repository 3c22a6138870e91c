import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** How a program ended. */
export interface ToolRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a scanner from npm: the checkout's own where it is installed, else this exact version, fetched without install scripts.
 * Only jobs without a role do so. Secrets go by the environment, never by an argument.
 */
export async function runTool(
  folder: string,
  tool: { readonly package: string; readonly version: string; readonly bin: string },
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ToolRun> {
  const own = join(folder, 'node_modules', '.bin', tool.bin)
  const fetched = ['exec', '--yes', '--ignore-scripts', `--package=${tool.package}@${tool.version}`, '--', tool.bin]
  const [command, before] = existsSync(own) ? [own, []] : ['npm', fetched]
  const child = spawn(command, [...before, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15 * 60_000,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { code, stdout, stderr }
}
