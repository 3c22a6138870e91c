import { pino } from 'pino'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { openRegistry } from './registry.ts'
import { listen } from './server.ts'

/** Starts the registry and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({
    level: config.LOG_LEVEL,
    base: { service: 'registry', version: config.SLUICE_RELEASE_VERSION, commit: config.SLUICE_RELEASE_COMMIT },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: ['headers.authorization', 'req.headers.authorization', 'password', 'token'],
  })
  const stopping = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
  const registry = await openRegistry(config, log)
  const server = await listen(buildApp(registry), {
    host: config.HOST ?? '0.0.0.0',
    port: config.PORT,
    graceMs: config.DRAIN_GRACE_MS,
    log,
  })
  log.info({ port: server.port, clusters: config.DATABASE_URLS.length }, `listening on ${server.url}`)
  const signal = await stopping
  log.info({ signal }, 'asked to stop')
  await server.drain()
  await registry.close()
  log.info('stopped')
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
