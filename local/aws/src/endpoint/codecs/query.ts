import type { AwsError } from '../service.ts'

type Tree = { [key: string]: string | Tree }

const textOf = (leaf: string | Tree | undefined) => (typeof leaf === 'string' ? leaf : '')

/**
 * The input of a query call (`Actions.member.1.Type=forward`): objects, lists and maps are rebuilt, leaves stay text,
 * because the form says nothing of types; operations read numbers and booleans from text.
 */
export function decodeQuery(form: URLSearchParams): { action: string; version: string; input: unknown } {
  // Without a prototype: the keys come from the client.
  const root = Object.create(null) as Tree
  for (const [path, value] of form) {
    const keys = path.split('.')
    let node = root
    for (const key of keys.slice(0, -1)) {
      const below = node[key]
      node = node[key] = typeof below === 'object' ? below : (Object.create(null) as Tree)
    }
    node[keys.at(-1) ?? ''] = value
  }
  const { Action, Version, ...input } = root
  return { action: textOf(Action), version: textOf(Version), input: fromTree(input) }
}

function fromTree(node: string | Tree): unknown {
  if (typeof node === 'string') return node
  const keys = Object.keys(node)
  const only = keys.length === 1 ? keys[0] : undefined
  if (only === 'member' || only === 'entry') {
    const items = node[only]
    if (items == null || typeof items === 'string') return []
    const list = inOrder(items).map(fromTree)
    if (only === 'member') return list
    return Object.fromEntries((list as Array<{ key: string; value: unknown }>).map(({ key, value }) => [key, value]))
  }
  // A flattened list: numbers and nothing else.
  if (keys.length > 0 && keys.every((key) => /^\d+$/.test(key))) return inOrder(node).map(fromTree)
  return Object.fromEntries(keys.map((key) => [key, fromTree(node[key] ?? '')]))
}

function inOrder(node: Tree): Array<string | Tree> {
  return Object.keys(node)
    .sort((a, b) => Number(a) - Number(b))
    .map((key) => node[key] ?? '')
}

/** `<ActionResponse><ActionResult>…`: lists as `<member>`, times as ISO. */
export function encodeQuery(action: string, namespace: string, output: object, requestId: string): string {
  const result = `<${action}Result>${toXml(output)}</${action}Result>`
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return `<${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`
}

export function encodeQueryError(error: AwsError, namespace: string, requestId: string): string {
  const type = error.status >= 500 ? 'Receiver' : 'Sender'
  return (
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escape(error.code)}</Code>` +
    `<Message>${escape(error.message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  )
}

function toXml(value: unknown): string {
  if (value == null) return ''
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((item) => `<member>${toXml(item)}</member>`).join('')
  if (typeof value === 'string') return escape(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'object') return ''
  return Object.entries(value)
    .filter(([, item]) => item != null)
    .map(([key, item]) => `<${key}>${toXml(item)}</${key}>`)
    .join('')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
