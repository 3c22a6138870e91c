import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import type * as z from 'zod'
import { ConfigurationError, type Location, type Problem } from '../failure.ts'
import { adoptionProblems } from './adopt.ts'
import { environmentSchema, type Environment } from './environment.ts'
import { findingsPolicySchema, freezeSchema, type FindingsPolicy, type FreezePolicy } from './policy.ts'
import { projectSchema, type Project } from './project.ts'
import { whyReserved } from './reserved-names.ts'
import { serviceSchema, type Service } from './service.ts'

/** Files below `environments/`, path to text. Paths are relative to that folder and use `/`. */
export type EnvironmentFiles = ReadonlyMap<string, string>

/** One environment with everything that is said of it. */
export interface EnvironmentState {
  readonly name: string
  readonly environment: Environment
  readonly services: Readonly<Record<string, Service>>
}

/** The whole of `environments/`. */
export interface DesiredState {
  readonly project: Project
  readonly environments: Readonly<Record<string, EnvironmentState>>
  readonly freezes: Readonly<Record<string, FreezePolicy>>
  readonly findings: Readonly<Record<string, FindingsPolicy>>
}

/**
 * Reads `environments/` as a whole. Throws a `ConfigurationError` that carries every violation of every file, each with
 * its line. `folder` is only what the locations are named after.
 */
export function parseDesiredState(files: EnvironmentFiles, folder = 'environments'): DesiredState {
  const reader = new Reader(files, folder)
  const project = reader.read('project.yaml', projectSchema)
  const freezes: Record<string, FreezePolicy> = {}
  const findings: Record<string, FindingsPolicy> = {}
  const environments: Record<string, EnvironmentState> = {}
  for (const name of environmentNames(files)) {
    const reserved = whyReserved(name)
    if (reserved != null)
      reader.report(`${name}/environment.yaml`, `the name is reserved: ${reserved}`, 'name it otherwise')
    const environment = reader.read(`${name}/environment.yaml`, environmentSchema)
    const services: Record<string, Service> = {}
    for (const path of files.keys()) {
      const service = new RegExp(`^${name}/([a-z][a-z0-9-]*)\\.yaml$`).exec(path)?.[1]
      if (service == null || service === 'environment') continue
      const parsed = reader.read(path, serviceSchema)
      if (parsed) services[service] = parsed
      if (project && !project.services[service]) {
        reader.report(path, `service "${service}" is not in project.yaml`, `add it under services, or remove the file`)
      }
    }
    if (!environment) continue
    environments[name] = { name, environment, services }
    reader.problems.push(...adoptionProblems(environments[name]))
    const { freeze, from } = environment.promotion
    if (freeze != null) freezes[freeze] ??= reader.read(freeze, freezeSchema) ?? { windows: [] }
    const policy = reader.read(environment.findings, findingsPolicySchema)
    if (policy) findings[environment.findings] = policy
    if (from != null && !files.has(`${from}/environment.yaml`)) {
      reader.report(`${name}/environment.yaml`, `promotion.from names "${from}", which is no environment`)
    }
  }
  if (reader.problems.length > 0 || !project) throw new ConfigurationError(reader.problems)
  return { project, environments, freezes, findings }
}

/** The folders that hold an `environment.yaml`, in alphabetical order. */
export function environmentNames(files: EnvironmentFiles): string[] {
  return [...files.keys()]
    .map((path) => /^([a-z][a-z0-9-]*)\/environment\.yaml$/.exec(path)?.[1])
    .filter((name): name is string => name != null)
    .sort()
}

class Reader {
  readonly problems: Problem[] = []
  readonly #seen = new Map<string, unknown>()
  readonly #files: EnvironmentFiles
  readonly #folder: string

  constructor(files: EnvironmentFiles, folder: string) {
    this.#files = files
    this.#folder = folder
  }

  report(path: string, message: string, hint?: string): void {
    this.problems.push({ message, location: { file: `${this.#folder}/${path}` }, ...(hint == null ? {} : { hint }) })
  }

  read<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
    if (this.#seen.has(path)) return this.#seen.get(path) as z.output<Schema>
    const parsed = this.#parse(path, schema)
    this.#seen.set(path, parsed)
    return parsed
  }

  #parse<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> | undefined {
    const text = this.#files.get(path)
    if (text == null) {
      this.report(path, 'the file is missing')
      return undefined
    }
    const lines = new LineCounter()
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
    const file = `${this.#folder}/${path}`
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0])
      this.problems.push({ message: error.message, location: { file, line, column: col } })
    }
    if (document.errors.length > 0) return undefined
    const result = schema.safeParse(document.toJS())
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      this.problems.push({
        message: describeIssue(issue, document),
        location: { file, ...locate(document, lines, issue) },
      })
    }
    return undefined
  }
}

/** What was expected at which key, and what was found there: zod's own messages tell the first half alone. */
function describeIssue(issue: z.core.$ZodIssue, document: Document): string {
  const { path } = issue
  const at = path.length === 0 ? '' : `${path.join('.')}: `
  if (/\bfound\b/.test(issue.message)) return `${at}${issue.message}`
  const value: unknown = path.length === 0 ? undefined : document.getIn(path)
  const found = value === undefined ? 'nothing: the key is missing' : show(value)
  const expected = issue.message
    .replace(/^(?:Invalid (?:input|option|discriminator value)[:.] )?expected/i, 'expected')
    .replace(/, received .*$/, '')
    .replaceAll("'", '"')
    .replaceAll('"|"', '" | "')
  return `${at}${issue.code === 'unrecognized_keys' ? issue.message : `${expected}, found ${found}`}`
}

function show(value: unknown): string {
  return isMap(value) || isSeq(value) ? 'a block of keys or items' : JSON.stringify(value)
}

/** The line of the key that the issue is about, or of the nearest key above it that exists. */
function locate(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): Omit<Location, 'file'> {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : [...issue.path]
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const last = path[length - 1]
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined
    const node = isScalar(pair?.key) ? pair.key : document.getIn(path.slice(0, length), true)
    const range = (node as { range?: [number, number, number] } | undefined)?.range
    if (range) {
      const { line, col } = lines.linePos(range[0])
      return { line, column: col }
    }
  }
  return { line: 1 }
}
