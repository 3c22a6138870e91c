/** Who made a commit, and when. */
export interface Signature {
  readonly name: string
  readonly email: string
  /** Seconds since 1970. */
  readonly seconds: number
}

/** What a commit object says. */
export interface Commit {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: Signature
  readonly committer: Signature
  /** Without the line ends that it closes with. */
  readonly message: string
}

/** Reads a commit object. Throws when it is none. */
export function parseCommit(id: string, content: Buffer): Commit {
  const end = content.indexOf('\n\n')
  const head = content.toString('latin1', 0, end === -1 ? content.length : end)
  const encoding = /^encoding (.+)$/m.exec(head)?.[1]
  const decode = (bytes: Buffer) => decodeAs(encoding, bytes)
  // What a header line is continued with begins with a space: a signature's lines are never taken for another header.
  const tree = /^tree ([0-9a-f]+)$/m.exec(head)?.[1]
  const signature = (role: 'author' | 'committer'): Signature => {
    const line = new RegExp(`^${role} (.*)$`, 'm').exec(head)?.[1] ?? ''
    const [, name = '', email = '', seconds = '0'] =
      /^(.*?) ?<(.*)> (\d+)/.exec(decode(Buffer.from(line, 'latin1'))) ?? []
    return { name, email, seconds: Number(seconds) }
  }
  if (tree == null) throw new Error(`expected a commit, found none in object ${id}`)
  return {
    id,
    tree,
    parents: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent),
    author: signature('author'),
    committer: signature('committer'),
    message: end === -1 ? '' : decode(content.subarray(end + 2)).trimEnd(),
  }
}

/** A commit says what it likes of its encoding; one that nobody knows is read as git's own default. */
function decodeAs(encoding: string | undefined, bytes: Buffer): string {
  try {
    return new TextDecoder(encoding).decode(bytes)
  } catch {
    return bytes.toString('utf8')
  }
}

/** The bytes of a commit object, in UTC. */
export function formatCommit({ tree, parents, author, committer, message }: Omit<Commit, 'id'>): Buffer {
  // Git leaves these out of names and addresses too: they would end the field.
  const clean = (text: string) => text.replaceAll(/[<>\n\0]/g, '').trim()
  const signature = ({ name, email, seconds }: Signature) =>
    `${clean(name) || clean(email)} <${clean(email)}> ${seconds} +0000`
  const head = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signature(author)}`,
    `committer ${signature(committer)}`,
  ]
  return Buffer.from(`${head.join('\n')}\n\n${message.replaceAll('\0', '').trimEnd()}\n`)
}
