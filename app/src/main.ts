import { pino } from 'pino'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import { openRegistry } from './registry.ts'
import { listen } from './server.ts'
import { startTracing } from './telemetry/tracing.ts'

/** Starts the registry and ends it on SIGTERM or SIGINT. */
async function main(): Promise<void> {
  const stated = readConfig(process.env)
  const log = pino({
    level: stated.LOG_LEVEL,
    base: { service: 'registry', version: stated.SLUICE_RELEASE_VERSION, commit: stated.SLUICE_RELEASE_COMMIT },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: ['headers.authorization', 'req.headers.authorization', 'password', 'token'],
  })
  const stopping = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
  // The binaries are optional dependencies, which an image does not have: they are looked for only where they are needed.
  const embedded =
    stated.DATABASE_URLS.length === 0
      ? await (await import('./embedded/registry.ts')).startEmbeddedDefault(stated, log)
      : undefined
  const config = embedded?.config ?? stated
  const stopTracing = await startTracing(config)
  const registry = await openRegistry(config, log)
  if (embedded?.generatedPassword && registry.administratorMade) {
    process.stdout.write(
      `The user admin was made, with the password ${embedded.generatedPassword} (shown this once).\n`,
    )
  }
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
  await stopTracing?.()
  await embedded?.stop()
  log.info('stopped')
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
