import { homedir } from 'node:os'
import { join } from 'node:path'

/** What outlives a checkout: layers of images, k6, compiled code. */
export const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice')

/**
 * Where the programs of this checkout keep what Node.js compiled (nodejs.org/api/module.html, "Module compile cache"): some load several
 * hundred modules.
 */
export const compiledCodeFolder = (): string => join(cacheFolder(), 'compiled')

/** The same for a program that is started. */
export const compiledCode = (): Record<string, string> => ({ NODE_COMPILE_CACHE: compiledCodeFolder() })
