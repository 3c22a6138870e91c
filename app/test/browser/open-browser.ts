import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

/** Debian's Chromium, by its names; CHROMIUM names another. */
function findChromium(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = folders.flatMap((folder) => [join(folder, 'chromium'), join(folder, 'chromium-browser')])
  return process.env['CHROMIUM'] ?? paths.find((path) => existsSync(path))
}

/** Why the browser tests cannot run here; nothing where they can. Where everything is required that is a failure. */
export function missingBrowser(): string | undefined {
  if (findChromium()) return undefined
  const reason = 'Chromium is not installed: apt-get install chromium, or name one with CHROMIUM'
  if (process.env['SLUICE_REQUIRE']) throw new Error(reason)
  return reason
}

/** Without its sandbox: continuous integration runs as root, where Chromium has none; the pages are our own. */
export function openBrowser(): Promise<Browser> {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error('expected a Chromium, found none')
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
