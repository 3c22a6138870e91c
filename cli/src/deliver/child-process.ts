import { spawn } from 'node:child_process'

/** A program that ended badly: its command, its exit code and the end of what it printed. */
export class ChildProcessError extends Error {
  override readonly name = 'ChildProcessError'
}

/** Runs a program to its end and gives its standard output. `onLine` sees every line of both streams as it comes. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd: string
    readonly env: Readonly<Record<string, string | undefined>>
    readonly onLine?: (line: string) => void
    readonly signal?: AbortSignal
  },
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: options.signal,
  })
  let stdout = ''
  const last: string[] = []
  const watch = (chunk: string) => {
    for (const line of chunk.split('\n').filter((part) => part.trim() !== '')) {
      last.push(line)
      if (last.length > 20) last.shift()
      options.onLine?.(line)
    }
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    watch(chunk)
  })
  child.stderr.setEncoding('utf8').on('data', watch)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0)
    throw new ChildProcessError(`${command} ${args.join(' ')} ended with exit code ${code}:\n${last.join('\n')}`)
  return stdout
}
