import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts'

/**
 * `node bin/postgres.ts --folder DIR [--databases a,b,c] [--host 127.0.0.1]`: an embedded PostgreSQL on a free port. Prints one
 * line, `{"url", "port"}` (the URL without a database), and ends when its standard input closes or on SIGTERM.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string' },
    databases: { type: 'string', default: 'registry' },
    host: { type: 'string', default: '127.0.0.1' },
  },
})

async function run(folder: string): Promise<void> {
  const databases = values.databases.split(',').filter(Boolean)
  const server = await startEmbeddedPostgres({ folder, databases, host: values.host })
  const stop = () => void server.stop()
  process.stdin.resume().once('end', stop).once('error', stop)
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, stop)
  console.log(JSON.stringify({ url: server.url, port: server.port }))
  await server.ended
  process.stdin.destroy()
}

try {
  if (!values.folder) throw new Error('expected --folder DIR, found none: name a folder for the data')
  await run(values.folder)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
