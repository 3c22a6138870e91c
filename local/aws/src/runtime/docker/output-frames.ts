import { PassThrough, type Readable } from 'node:stream'

/**
 * Splits a container's output into its two streams (Engine API, ContainerAttach, "Stream format"): frames of an
 * eight-byte header, stream number first and length in the last four bytes, and the text.
 */
export function splitFrames(output: Readable): { readonly stdout: Readable; readonly stderr: Readable } {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() }
  let rest: Buffer = Buffer.alloc(0)
  output.on('data', (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4)
      if (rest.length < end) return
      streams[rest[0] === 2 ? 'stderr' : 'stdout'].write(rest.subarray(8, end))
      rest = rest.subarray(end)
    }
  })
  const end = () => {
    streams.stdout.end()
    streams.stderr.end()
  }
  output.once('end', end)
  output.once('close', end)
  output.on('error', () => undefined)
  return streams
}
