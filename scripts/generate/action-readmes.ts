import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface ActionMetadata {
  readonly inputs?: Readonly<Record<string, { description: string; required?: boolean; default?: string }>>
  readonly outputs?: Readonly<Record<string, { description: string }>>
}

const start = '<!-- generated from action.yml: start -->'
const end = '<!-- generated from action.yml: end -->'

/** Every action's README with its input and output tables made anew between two markers. */
export function actionReadmes(): Array<[path: string, text: string]> {
  return readdirSync('actions')
    .filter((name) => existsSync(`actions/${name}/action.yml`))
    .map((name) => {
      const path = `actions/${name}/README.md`
      const text = readFileSync(path, 'utf8')
      const [before, rest] = text.split(start)
      const after = rest?.split(end)[1]
      if (before == null || after == null) throw new Error(`${path}: expected the markers "${start}" and "${end}"`)
      const tables = describe(parse(readFileSync(`actions/${name}/action.yml`, 'utf8')) as ActionMetadata)
      return [path, `${before}${start}\n${tables}\n${end}${after}`]
    })
}

function describe({ inputs = {}, outputs = {} }: ActionMetadata): string {
  const inputRows = Object.entries(inputs).map(
    ([name, { description, required, default: value }]) =>
      `| \`${name}\` | ${cell(description)} | ${required ? 'yes' : 'no'} | ${value == null || value === '' ? '' : `\`${value}\``} |`,
  )
  const outputRows = Object.entries(outputs).map(([name, { description }]) => `| \`${name}\` | ${cell(description)} |`)
  return [
    '### Inputs',
    '',
    ...(inputRows.length > 0 ? ['| name | what | required | default |', '|---|---|---|---|', ...inputRows] : ['None.']),
    '',
    '### Outputs',
    '',
    ...(outputRows.length > 0 ? ['| name | what |', '|---|---|', ...outputRows] : ['None.']),
  ].join('\n')
}

function cell(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)
}
