import { appendFile, stat } from 'node:fs/promises'
import * as core from '@actions/core'

/** GitHub refuses the whole summary of a step above 1 MiB, so what does not fit is cut here, and said. */
const limitBytes = 1024 * 1024
const cut = '\n\n*Cut here: GitHub keeps 1 MiB of a summary. The log and the artifacts hold the rest.*\n'

/** Adds Markdown to the summary of this step; on a machine without one it goes to the log. */
export async function writeSummary(markdown: string, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const file = env['GITHUB_STEP_SUMMARY']
  if (file == null || file === '') {
    core.info(markdown)
    return
  }
  const room = limitBytes - (await sizeOf(file)) - Buffer.byteLength(cut)
  const bytes = Buffer.from(`${markdown.trimEnd()}\n\n`)
  await appendFile(file, bytes.length <= room ? bytes : `${bytes.subarray(0, Math.max(room, 0)).toString()}${cut}`)
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch {
    return 0
  }
}

/** A Markdown table; cells are escaped. */
export function markdownTable(head: readonly string[], rows: ReadonlyArray<readonly (string | number)[]>): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function cell(value: string | number): string {
  return String(value)
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s*\n\s*/g, '<br>')
}
