import type { WriteStream } from 'node:tty'

/** What people watch: lines that stay, and on a terminal one line at the bottom that always says where things are. */
export interface View {
  line(text: string): void
  /** Replaces the live line. Not shown where there is no terminal: a log wants only what changed. */
  status(text: string): void
  close(): void
}

const clearLine = '\r\u001B[2K'

/** `began` is what elapsed time counts from; `now` is in milliseconds, monotonic. */
export function createView(stream: WriteStream, now: () => number): View {
  const began = now()
  const isLive = stream.isTTY
  let current = ''
  const draw = () => {
    if (!isLive || current === '') return
    const text = `${elapsed(now() - began)}  ${current}`
    stream.write(`${clearLine}${text.slice(0, Math.max(20, stream.columns - 1))}`)
  }
  const timer = isLive ? setInterval(draw, 500).unref() : undefined
  return {
    line: (text) => {
      if (isLive) stream.write(clearLine)
      for (const part of text.split('\n')) stream.write(`${elapsed(now() - began)}  ${part}\n`)
      draw()
    },
    status: (text) => {
      current = text
      draw()
    },
    close: () => {
      clearInterval(timer)
      if (isLive) stream.write(clearLine)
    },
  }
}

/** `0:07`, `12:30`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(5)
}
