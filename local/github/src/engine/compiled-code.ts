import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Lets the node actions of one local GitHub share compiled code (nodejs.org/api/module.html, "Module compile cache"): a delivery
 * starts some fifty of them from the same chunks, and reading those takes most of a start. Gives Node's arguments for it. A
 * variable of the environment would reach what the actions start, whose files are new in every workspace.
 */
export async function shareCompiledCode(folder: string): Promise<readonly string[]> {
  const compiled = join(folder, 'compiled')
  await mkdir(compiled, { recursive: true })
  const enable = join(compiled, 'enable.cjs')
  await writeFile(enable, "require('node:module').enableCompileCache(__dirname)\n")
  return ['--require', enable]
}
