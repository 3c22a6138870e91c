import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { compiledCode } from '../cache-folder.ts'

/** The one PostgreSQL of the local environments, outside their tasks, as Aurora is in AWS. */
export interface Database {
  url(database: string): string
  close(): Promise<void>
}

/**
 * Starts the workload's embedded PostgreSQL as a process of its own. It ends when its standard input closes, so it cannot
 * outlive this process however that ends.
 */
export async function startDatabase(checkout: string, folder: string, databases: readonly string[]): Promise<Database> {
  const program = join(checkout, 'app/bin/postgres.ts')
  const child = spawn(process.execPath, [program, '--folder', folder, '--databases', databases.join(',')], {
    cwd: checkout,
    env: { ...process.env, ...compiledCode() },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk))
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const started = await new Promise<{ url: string }>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => {
      try {
        resolve(JSON.parse(line) as { url: string })
      } catch (error) {
        reject(new Error(`expected one line of JSON from the database, found: ${line}`, { cause: error }))
      }
    })
    child.once('error', reject)
    child.once('close', (code) =>
      reject(new Error(`the embedded PostgreSQL ended with exit code ${code}:\n${errors.join('')}`)),
    )
  })
  return {
    url: (database) => {
      const url = new URL(started.url)
      url.pathname = `/${database}`
      return url.href
    },
    close: async () => {
      child.stdin.end()
      await exited
    },
  }
}
