import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDesiredState, type DesiredState } from '@sluice/core/environment/read'

const folder = join(import.meta.dirname, '../../environments')

/** This repository's `environments/`, with sections of `<environment>/environment.yaml` replaced (YAML text by key). */
export function desiredState(changes: Readonly<Record<string, Readonly<Record<string, string>>>> = {}): DesiredState {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yaml'))
  return parseDesiredState(
    new Map(
      paths.map((path) => {
        const text = readFileSync(join(folder, path), 'utf8')
        const [environment = ''] = path.split('/')
        const own = path.endsWith('/environment.yaml') ? Object.entries(changes[environment] ?? {}) : []
        return [path, own.reduce((result, [key, value]) => replaceSection(result, key, value), text)]
      }),
    ),
  )
}

function replaceSection(text: string, key: string, value: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`${key}:`))
  if (start === -1) return `${text}\n${key}: ${value}\n`
  const length = lines.slice(start + 1).findIndex((line) => /^\S/.test(line))
  lines.splice(start, length === -1 ? lines.length : length + 1, `${key}: ${value}`)
  return lines.join('\n')
}
