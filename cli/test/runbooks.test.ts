import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const folder = join(root, 'docs/runbooks')
const files = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8').replaceAll(/\\\n\s*/g, ' ')

interface Dispatch {
  readonly on: {
    readonly workflow_dispatch?: {
      readonly inputs?: Readonly<Record<string, { readonly required?: boolean; readonly options?: readonly string[] }>>
    }
  }
}

const runs = files.flatMap((file) =>
  [...textOf(file).matchAll(/gh workflow run (\S+)((?: -f \w[\w-]*=(?:"[^"]*"|[^\s`]+))*)/g)].map(
    ([command, workflow = '', given = '']) => ({
      file,
      command,
      workflow,
      given: Object.fromEntries(
        [...given.matchAll(/-f ([\w-]+)=("[^"]*"|[^\s`]+)/g)].map(([, name = '', value = '']) => [name, value]),
      ),
    }),
  ),
)
const environments = readdirSync(join(root, 'environments'))

describe.each(runs)('$file: $command', ({ workflow, given }) => {
  const path = join(root, '.github/workflows', workflow)

  it('starts a workflow that can be started by hand, with inputs that it has and all that it needs', () => {
    expect(existsSync(path)).toBe(true)
    const { on } = parse(readFileSync(path, 'utf8')) as Dispatch
    expect(on).toHaveProperty('workflow_dispatch')
    const inputs = on.workflow_dispatch?.inputs ?? {}
    expect(Object.keys(given).filter((name) => !(name in inputs))).toEqual([])
    expect(Object.keys(inputs).filter((name) => inputs[name]?.required && !(name in given))).toEqual([])
    const allowed = (name: string) => (name === 'environment' ? environments : inputs[name]?.options)
    const wrong = Object.entries(given).filter(([name, value]) => allowed(name)?.includes(value) === false)
    expect(wrong).toEqual([])
  })
})

describe.each(files)('%s', (file) => {
  const text = textOf(file)

  it('says what one sees, how to look, what to decide, what to do, how to verify and what is left', () => {
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      'Symptoms',
      'Look',
      'Decide',
      'Act',
      'Verify',
      'After',
    ])
  })

  it('stands in the list, and links to what is there', () => {
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(`(${file})`)
    const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link = '']) => join(dirname(join(folder, file)), link))
    expect(links.filter((link) => !existsSync(link))).toEqual([])
  })

  it('names only workflows that are here', () => {
    const named = [...text.matchAll(/\b([\w-]+\.yml)\b/g)].map(([, name = '']) => name)
    expect(named.filter((name) => !existsSync(join(root, '.github/workflows', name)))).toEqual([])
  })
})

const sluice = [
  ...new Set(
    files.flatMap((file) => [...textOf(file).matchAll(/sluice (rto|shards|judge|plan)( \w+)?/g)].map(([one]) => one)),
  ),
]

describe.each(sluice)('%s', (command) => {
  it('is a command of ours', () => {
    const [, name = '', action = 'prod'] = command.split(' ')
    const help = execFileSync(process.execPath, [join(root, 'cli/src/main.ts'), name, '--help'], { encoding: 'utf8' })
    // What follows a command is an action of its own, or an environment.
    expect([help.includes(action), environments.includes(action)]).toContain(true)
  })
})

it('finds the commands that it checks', () => {
  expect(runs.length).toBeGreaterThan(7)
  expect(sluice).toEqual(expect.arrayContaining(['sluice rto prod', 'sluice shards verify', 'sluice judge replay']))
})
