import { pino } from 'pino'
import { readConfig } from './src/config.ts'
import { openPools } from './src/shards/pools.ts'
import { migrate } from './src/shards/migrate.ts'
import { seedSlotTable } from './src/shards/slot-table-source.ts'

/** `node migrate.ts`: brings the schemas of every database in DATABASE_URLS up to date, then exits. */
const log = (level: string, message: string, fields: object = {}) =>
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), msg: message, ...fields })}\n`)

try {
  const config = readConfig(process.env)
  const { applied } = await migrate(config.DATABASE_URLS, config.LOGICAL_SHARDS)
  const pools = openPools(config.DATABASE_URLS.slice(0, 1), pino({ level: 'warn' }))
  for (const home of pools) {
    await seedSlotTable(config, home, false)
    await home.end()
  }
  log('info', applied.length > 0 ? 'migrated' : 'nothing to migrate', {
    applied,
    version: config.SLUICE_RELEASE_VERSION,
    commit: config.SLUICE_RELEASE_COMMIT,
  })
} catch (error) {
  log('error', error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
