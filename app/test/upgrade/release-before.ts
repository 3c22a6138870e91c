import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { homeMigrations, shardMigrations } from '../../src/shards/schema.ts'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const schema = 'app/src/shards/schema.ts'

const git = (...words: string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', ['-C', repository, ...words], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}

/**
 * The newest commit whose schema lacks the newest migrations: what still runs when this release's migration has been made.
 * `undefined` where git's history does not go back so far.
 */
export function commitBefore(): string | undefined {
  const newest = [homeMigrations, shardMigrations].map((steps) => `'${steps.at(-1)?.id}'`)
  for (const commit of git('log', '--format=%H', '--', schema)?.split('\n') ?? []) {
    const text = git('show', `${commit}:${schema}`) ?? ''
    if (text !== '' && !newest.some((id) => text.includes(id))) return commit
  }
  return undefined
}

/** Puts the app of a commit into a folder, on the packages that are installed here. @returns its folder */
export function checkOut(commit: string, folder: string): string {
  const archive = execFileSync('git', ['-C', repository, 'archive', commit, 'app'], { maxBuffer: 64 * 1024 * 1024 })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'app')
}
