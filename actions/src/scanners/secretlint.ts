import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { lintSource } from '@secretlint/core'
import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend'
import type { Finding, ScanReport, Severity } from '@sluice/core/findings/finding'

const run = promisify(execFile)

/** Bundles and data of this size hold no hand-written secret, and cost minutes. */
const largestBytes = 1024 * 1024
const presetId = '@secretlint/secretlint-rule-preset-recommend'
const severityOf: Readonly<Record<string, Severity>> = { error: 'critical', warning: 'medium', info: 'low' }

/**
 * Looks for secrets in the tracked files of a checkout. What was found is masked before it reaches a report: secretlint's own
 * JSON carries the source, secret and all.
 */
export async function findSecrets(folder: string, now: () => Date): Promise<ScanReport> {
  const { stdout } = await run('git', ['ls-files', '-z'], { cwd: folder, maxBuffer: 64 * 1024 * 1024 })
  const paths = stdout.split('\0').filter((path) => path !== '' && !path.startsWith('actions/dist/'))
  const findings: Finding[] = []
  let examined = 0
  for (const path of paths) {
    const content = await readText(join(folder, path))
    if (content == null) continue
    examined += 1
    findings.push(...(await lintFile(path, content)))
  }
  const detail = `${examined} tracked files, by secretlint's recommended rules`
  return { scanner: 'secretlint', status: 'ran', detail, examined, findings, scannedAt: now().toISOString() }
}

async function readText(file: string): Promise<string | undefined> {
  const { size, isFile } = await stat(file).then(
    (found) => ({ size: found.size, isFile: found.isFile() }),
    () => ({ size: 0, isFile: false }),
  )
  if (!isFile || size > largestBytes) return undefined
  const bytes = await readFile(file)
  return bytes.includes(0) ? undefined : bytes.toString('utf8')
}

async function lintFile(path: string, content: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    source: { filePath: path, content, ext: extname(path), contentType: 'text' },
    options: { config: { rules: [{ id: presetId, rule: preset }] }, maskSecrets: true, noPhysicFilePath: true },
  })
  return messages.map(({ ruleId, messageId, message, severity, loc, docsUrl }) => ({
    scanner: 'secretlint',
    id: `${ruleId.replace('@secretlint/secretlint-rule-', '')}/${messageId}`,
    aliases: [],
    title: message,
    severity: severityOf[severity] ?? 'critical',
    location: { file: path, line: Math.max(1, loc.start.line) },
    ...(docsUrl == null ? {} : { url: docsUrl }),
  }))
}
