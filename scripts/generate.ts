/**
 * `npm run generate`: writes what is made from source and committed (environments/schema.json, the tables in the actions'
 * READMEs, infra/functions/dist, infra/golden, actions/dist). With `--check` it writes nothing and fails when one of them is stale.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { actionBundles } from './generate/action-bundles.ts'
import { actionReadmes } from './generate/action-readmes.ts'
import { environmentSchemaJson } from './generate/environment-schema.ts'
import { functionBundles } from './generate/functions.ts'
import { goldenTemplates } from './generate/golden-templates.ts'

const check = process.argv.includes('--check')
const stale: string[] = []

function put(files: Iterable<readonly [path: string, text: string]>): void {
  for (const [path, text] of files) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    stale.push(path)
    if (check) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

// Before the templates, which hold them.
put(functionBundles())
const bundles = actionBundles()
const golden = await goldenTemplates()
put([...environmentSchemaJson(), ...actionReadmes(), ...golden.files, ...bundles.files])
for (const path of [...bundles.extra, ...golden.extra]) {
  stale.push(path)
  if (!check) rmSync(path)
}
if (stale.length > 0) console.log(`${check ? 'stale' : 'written'}: ${stale.join(', ')}`)
if (check && stale.length > 0) process.exitCode = 1
