import { data, Evaluator, Lexer, Parser } from '@actions/expressions'
import type { FunctionDefinition } from '@actions/expressions/funcs/info'
import { replacer } from '@actions/expressions/data/replacer'
import { reviver } from '@actions/expressions/data/reviver'

/** Contexts by name (`github`, `needs`, …): plain JSON. */
export type Contexts = Readonly<Record<string, unknown>>

/** What the status functions of a condition answer with. */
export interface JobStatus {
  readonly success: boolean
  readonly failure: boolean
  readonly cancelled: boolean
}

const statusFunctions = ['success', 'failure', 'cancelled', 'always'] as const

/**
 * The value of one expression, without its `${{ }}`. Throws an `Error` with the expression in it when it cannot be evaluated.
 */
export function evaluate(expression: string, contexts: Contexts, status?: JobStatus): unknown {
  const functions: FunctionDefinition[] = status ? statusInfo(status) : []
  try {
    const { tokens } = new Lexer(expression).lex()
    for (const token of tokens) {
      // The lexer of 0.3.61 unescapes only the first '' of a literal.
      const text = token.lexeme
      if (text.startsWith("'")) Object.assign(token, { value: text.slice(1, -1).replaceAll("''", "'") })
    }
    const tree = new Parser(tokens, Object.keys(contexts), functions).parse()
    const values = JSON.parse(JSON.stringify(contexts), reviver) as data.Dictionary
    const byName = new Map(functions.map((info) => [info.name.toLowerCase(), info]))
    return JSON.parse(JSON.stringify(new Evaluator(tree, values, byName).evaluate(), replacer) ?? 'null') as unknown
  } catch (error) {
    throw new Error(`\${{ ${expression} }}: ${(error as Error).message}`, { cause: error })
  }
}

function statusInfo({ success, failure, cancelled }: JobStatus): FunctionDefinition[] {
  const answers = { success, failure, cancelled, always: true }
  return statusFunctions.map((name) => ({
    name,
    minArgs: 0,
    maxArgs: 255,
    call: () => new data.BooleanData(answers[name]),
  }))
}

/** The text between `${{` and `}}`, told apart from the text around it; quotes may hide a `}}`. */
const part = /\$\{\{((?:'(?:[^']|'')*'|[^'])*?)\}\}/g

/** A text with its expressions filled in. A text that is one expression and nothing else keeps the value's type. */
export function interpolate(text: string, contexts: Contexts, status?: JobStatus): unknown {
  const whole = new RegExp(`^\\s*${part.source}\\s*$`).exec(text)
  const expressions = [...text.matchAll(part)]
  if (whole?.[1] != null && expressions.length === 1) return evaluate(whole[1].trim(), contexts, status)
  return text.replaceAll(part, (_, expression: string) => asText(evaluate(expression.trim(), contexts, status)))
}

/** Every text in a value filled in. */
export function interpolateAll(value: unknown, contexts: Contexts): unknown {
  if (typeof value === 'string') return interpolate(value, contexts)
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, contexts))
  if (value == null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolateAll(item, contexts)]))
}

/** A value as GitHub writes it into a text. */
export function asText(value: unknown): string {
  if (value == null) return ''
  if (typeof value === 'object') return Array.isArray(value) ? 'Array' : 'Object'
  return String(value)
}

/** What a condition comes to: without a status function it also wants success, as on GitHub. */
export function conditionHolds(
  condition: string | boolean | undefined,
  contexts: Contexts,
  status: JobStatus,
): boolean {
  const text = String(condition ?? 'success()')
    .trim()
    .replace(/^\$\{\{([\s\S]*)\}\}$/, '$1')
    .trim()
  const asksForStatus = statusFunctions.some((name) =>
    new RegExp(`\\b${name}\\s*\\(`, 'i').test(text.replaceAll(/'(?:[^']|'')*'/g, '')),
  )
  const value = evaluate(asksForStatus ? text : `success() && (${text})`, contexts, status)
  return value !== false && value !== null && value !== '' && value !== 0
}
