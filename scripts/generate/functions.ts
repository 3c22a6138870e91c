import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const folder = 'infra/functions'

/**
 * `infra/functions/dist`: the functions of the templates as they would be bundled now, one file each. CommonJS, as CloudFormation takes
 * the code of a template; Lambda's runtime has the AWS SDK.
 */
export function functionBundles(): Array<[path: string, text: string]> {
  const out = mkdtempSync(resolve(folder, '.dist-'))
  try {
    return ['rotate-password'].map((name) => {
      const file = join(out, `${name}.cjs`)
      const options = ['--platform', 'node', '--format', 'cjs', '--minify', '--no-codeSplitting', '--file', file]
      const outside = ['@aws-sdk/client-secrets-manager', 'pg-native'].flatMap((one) => ['--external', one])
      execFileSync('rolldown', [join(folder, name, 'index.ts'), ...options, ...outside], { stdio: 'pipe' })
      return [join(folder, 'dist', `${name}.cjs`), readFileSync(file, 'utf8')]
    })
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
