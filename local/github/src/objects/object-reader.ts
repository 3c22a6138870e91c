import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'

/** An object of a repository. */
export interface GitObject {
  readonly id: string
  readonly type: string
  readonly content: Buffer
}

/** Reads objects of one repository by whatever names git understands (gitrevisions(7)). */
export interface ObjectReader {
  /** `undefined` when there is none under this name. Throws when git ends. */
  read(name: string): Promise<GitObject | undefined>
  close(): void
}

interface Question {
  readonly resolve: (object: GitObject | undefined) => void
  readonly reject: (error: Error) => void
}

const newline = 0x0a

/**
 * One `git cat-file --batch` for all questions: every start of a process stops this one for as long as the system copies its
 * page tables, and the load balancers run in it. Git looks references up anew at each question.
 */
export function createObjectReader(folder: string): ObjectReader {
  let child: ChildProcessWithoutNullStreams | undefined
  let questions: Question[] = []
  let received: Buffer = Buffer.alloc(0)

  const start = (): ChildProcessWithoutNullStreams => {
    const started = spawn('git', ['-C', folder, 'cat-file', '--batch'])
    let said = ''
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    started.stdin.on('error', () => undefined)
    started.stdout.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      answer()
    })
    const end = (reason: string) => {
      if (child === started) child = undefined
      const unanswered = questions
      questions = []
      received = Buffer.alloc(0)
      for (const { reject } of unanswered) reject(new Error(`git cat-file in ${folder}: ${reason}`))
    }
    started.once('error', (error) => end(error.message))
    started.once('close', (code, signal) => end(said.trim() || `ended by ${signal ?? `exit code ${code}`}`))
    return started
  }

  /** Answers the questions whose whole answer has come. */
  const answer = (): void => {
    for (;;) {
      const end = received.indexOf(newline)
      if (end === -1) return
      const header = received.toString('utf8', 0, end)
      // `<name> missing`, `<name> ambiguous`: names may hold spaces, what follows them may not.
      const found = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(header)
      if (!found) {
        received = received.subarray(end + 1)
        questions.shift()?.resolve(undefined)
        continue
      }
      const [, id = '', type = '', length = ''] = found
      const from = end + 1
      const to = from + Number(length)
      if (received.length <= to) return
      const content = Buffer.from(received.subarray(from, to))
      received = received.subarray(to + 1)
      questions.shift()?.resolve({ id, type, content })
    }
  }

  return {
    read: (name) =>
      new Promise((resolve, reject) => {
        // A name with a line's end would be two questions.
        if (/[\n\0]/.test(name) || name === '') {
          resolve(undefined)
          return
        }
        child ??= start()
        questions.push({ resolve, reject })
        child.stdin.write(`${name}\n`)
      }),
    close: () => {
      child?.stdin.end()
    },
  }
}
