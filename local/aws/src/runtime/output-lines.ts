import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** CloudWatch Logs cuts events at 256 KiB; a line without an end is handed on in such pieces. */
const longestLine = 256 * 1024

/** Calls `onLine` for each line of a stream, the last one also when no line feed ends it. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line)
    while (rest.length > longestLine) {
      onLine(rest.slice(0, longestLine))
      rest = rest.slice(longestLine)
    }
  })
  stream.on('end', () => {
    const last = rest + decoder.end()
    if (last !== '') onLine(last)
  })
}
