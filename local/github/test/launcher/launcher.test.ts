import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLauncher, type Launcher } from '../../src/launcher/launcher.ts'
import { isAlive } from '../is-alive.ts'

let folder = ''
let launcher: Launcher
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-'))
  launcher = createLauncher()
})
afterEach(() => {
  launcher.close()
  rmSync(folder, { recursive: true, force: true })
})

const limit = { timeout: 60_000 }
const options = () => ({ cwd: folder, env: { PATH: process.env['PATH'] } })
const sh = (script: string) => launcher.start('sh', ['-c', script], options())

/** The processes that a script wrote down as `pids`, once it has. */
async function pidsOf(): Promise<number[]> {
  await expect.poll(() => existsSync(join(folder, 'pids')), limit).toBe(true)
  return readFileSync(join(folder, 'pids'), 'utf8').trim().split(' ').map(Number)
}
/** Two processes of a group that end only when they are ended. */
const sleeping = 'sleep 300 & echo "$$ $!" > part; mv part pids; wait'

async function bytesOf(output: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of output as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('the launcher', () => {
  it('passes on every byte of both outputs, and the exit code', async () => {
    const bytes = randomBytes(5 * 1024 * 1024)
    writeFileSync(join(folder, 'bytes'), bytes)
    const program = sh('cat bytes; printf "a\\377\\0b" >&2; exit 3')
    const [stdout, stderr] = await Promise.all([bytesOf(program.stdout), bytesOf(program.stderr)])
    const hash = (content: Buffer) => createHash('sha256').update(content).digest('hex')
    expect(hash(stdout ?? Buffer.alloc(0))).toBe(hash(bytes))
    expect(stderr).toStrictEqual(Buffer.from([0x61, 0xff, 0, 0x62]))
    expect(await program.exited).toBe(3)
    await program.closed
  })

  it('gives a program its folder and these variables alone', async () => {
    const program = launcher.start('sh', ['-c', 'pwd -P; echo "$GIVEN"; env | cut -d= -f1'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], GIVEN: 'a value\nof two lines' },
    })
    const said = (await bytesOf(program.stdout)).toString('utf8').trim().split('\n')
    expect(said.slice(0, 3)).toStrictEqual([folder, 'a value', 'of two lines'])
    expect(said.slice(3).filter((name) => !/^(PATH|GIVEN|PWD|OLDPWD|SHLVL|_|of two lines)$/.test(name))).toEqual([])
  })

  it.each([
    ['a program that is not there', () => launcher.start('no-such-program', [], options()), /ENOENT/],
    [
      'a folder that is not there',
      () => launcher.start('true', [], { ...options(), cwd: join(folder, 'none') }),
      /ENOENT/,
    ],
    [
      'more arguments than the system takes',
      () => launcher.start('true', ['x'.repeat(4 * 1024 * 1024)], options()),
      /E2BIG/,
    ],
  ])('says 127 for %s, and goes on', async (_, start, reason) => {
    const program = start()
    expect((await bytesOf(program.stderr)).toString('utf8')).toMatch(reason)
    expect(await program.exited).toBe(127)
    await program.closed
    expect(await launcher.run('echo', ['on'])).toBe('on\n')
  })

  it('runs a program to its end, and throws with what it said when that was bad', async () => {
    expect(await launcher.run('printf', ['%s', 'ä'])).toBe('ä')
    const failure = launcher.run('sh', ['-c', 'echo why >&2; exit 4'])
    await expect(failure).rejects.toThrow(/ended with exit code 4:\nwhy/)
    await expect(failure).rejects.toMatchObject({ code: 4 })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 137],
  ] as const)('passes %s to the whole group of a program', async (signal, code) => {
    // A shell in the background ignores SIGINT for its children: these are of a shell that does not.
    const program = launcher.start('sh', ['-c', 'echo "$$" > part; mv part pids; sleep 300'], options())
    const pids = await pidsOf()
    program.signal(signal)
    expect(await program.exited).toBe(code)
    await program.closed
    expect(pids.filter(isAlive)).toEqual([])
  })

  it('ends what a program leaves in its group, and what has ended it leaves alone', async () => {
    const program = sh('sleep 300 >/dev/null 2>&1 & echo "$!" > part; mv part pids')
    expect(await program.exited).toBe(0)
    const pids = await pidsOf()
    await expect.poll(() => pids.filter(isAlive), limit).toEqual([])
    program.end()
    program.signal('SIGTERM')
  })

  it('ends a program at once, with those of its job that have left its group', async () => {
    const trackingId = `launcher-test-${process.pid}-${randomBytes(4).toString('hex')}`
    const env = { PATH: process.env['PATH'], RUNNER_TRACKING_ID: trackingId }
    const script = 'trap "" INT TERM; setsid sleep 300 & echo "$$ $!" > part; mv part pids; wait'
    const program = launcher.start('sh', ['-c', script], { cwd: folder, env, trackingId })
    const pids = await pidsOf()
    program.end()
    expect(await program.exited).toBe(137)
    await expect.poll(() => pids.filter(isAlive), limit).toEqual([])
  })

  it('takes no more of an output that a process holds open', async () => {
    const program = sh('setsid sleep 300 & echo "$!" > part; mv part pids; echo said')
    const said = bytesOf(program.stdout)
    expect(await program.exited).toBe(0)
    const [pid = 0] = await pidsOf()
    try {
      program.release()
      await program.closed
      expect((await said).toString('utf8')).toBe('said\n')
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  })

  it('ends what runs when it is closed', async () => {
    const program = sh(sleeping)
    const pids = await pidsOf()
    launcher.close()
    expect(await program.exited).toBe(137)
    await expect.poll(() => pids.filter(isAlive), limit).toEqual([])
  })

  it('that is killed takes its programs and their jobs along, says so, and is started anew', async () => {
    const trackingId = `launcher-test-${process.pid}-${randomBytes(4).toString('hex')}`
    const env = { PATH: process.env['PATH'], RUNNER_TRACKING_ID: trackingId }
    const script = 'setsid sleep 300 & sleep 300 & echo "$$ $!" > part; mv part pids; wait'
    const program = launcher.start('sh', ['-c', script], { cwd: folder, env, trackingId })
    const pids = await pidsOf()
    const said = bytesOf(program.stderr)
    process.kill(parentOf(pids[0] ?? 0), 'SIGKILL')
    expect(await program.exited).toBe(137)
    expect((await said).toString('utf8')).toMatch(/the process that starts programs ended by SIGKILL/)
    await expect.poll(() => pids.filter(isAlive), limit).toEqual([])
    expect(await launcher.run('echo', ['again'])).toBe('again\n')
  })

  it('does not keep a process that has nothing to run', async () => {
    const host = join(folder, 'host.mjs')
    const module = join(import.meta.dirname, '../../src/launcher/launcher.ts')
    writeFileSync(
      host,
      `import { createLauncher } from ${JSON.stringify(module)}\nconsole.log(await createLauncher().run('echo', ['ran']))`,
    )
    const child = spawn(process.execPath, [host], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    expect((await bytesOf(child.stdout)).toString('utf8')).toMatch(/^ran/)
    expect(await ended).toBe(0)
  })
})

/** By /proc: what lies behind the command's name in parentheses. */
function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1])
}
