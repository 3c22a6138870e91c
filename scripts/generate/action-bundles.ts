import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * `actions/dist` as it would be bundled now, and what lies there that no bundle has. Bundled beside the committed one, because
 * rolldown's paths are relative to its configuration.
 */
export function actionBundles(): { readonly files: Array<[path: string, text: string]>; readonly extra: string[] } {
  const folder = mkdtempSync(resolve('actions/.dist-'))
  try {
    execFileSync('rolldown', ['--config', 'actions/rolldown.config.ts', '--dir', folder], { stdio: 'pipe' })
    const built = list(folder)
    const present = list('actions/dist')
    return {
      files: built.map((path) => [join('actions/dist', path), readFileSync(join(folder, path), 'utf8')]),
      extra: present.filter((path) => !built.includes(path)).map((path) => join('actions/dist', path)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function list(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
