import { pino } from 'pino'
import type { Logger } from 'pino'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'
import type { Config } from './config.ts'
import { openRegistry } from './registry.ts'
import { listen } from './server.ts'
import { startTracing } from './telemetry/tracing.ts'

/** Every line names the release that wrote it. */
const openLog = ({ LOG_LEVEL, SLUICE_RELEASE_VERSION: version, SLUICE_RELEASE_COMMIT: commit }: Config): Logger =>
  pino({
    level: LOG_LEVEL,
    base: { service: 'registry', version, commit },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: ['headers.authorization', 'req.headers.authorization', 'password', 'token'],
  })

/** Serves until SIGTERM or SIGINT. */
async function serve(stated: Config, log: Logger): Promise<void> {
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

const complain = (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
try {
  const config = readConfig(process.env)
  const log = openLog(config)
  await serve(config, log).catch((error: unknown) => {
    // In a task the log is what people read; at a terminal it is the sentence.
    if (config.DATABASE_URLS.length > 0) log.fatal({ err: error }, 'cannot go on')
    complain(error)
  })
} catch (error) {
  complain(error)
}
