import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import { synthesize } from '../lib/planning/synthesize.ts'

/** `npm run synth -- [--environments DIR] [--out DIR] [--environment NAME]...`: every template, offline. */
const { values } = parseArgs({
  options: {
    environments: { type: 'string', default: join(import.meta.dirname, '../../environments') },
    out: { type: 'string', default: join(import.meta.dirname, '../cdk.out') },
    environment: { type: 'string', multiple: true },
  },
})
try {
  const files = await synthesize({
    environmentsFolder: values.environments,
    out: values.out,
    ...(values.environment ? { environments: values.environment } : {}),
  })
  console.log(`${files.length} templates in ${values.out}`)
} catch (error) {
  process.exitCode = 1
  console.error(error instanceof ConfigurationError ? error.message : error)
}
