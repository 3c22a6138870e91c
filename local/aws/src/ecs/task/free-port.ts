import { createServer } from 'node:net'

/** Hands out loopback ports that nothing listens on and that it has not handed out in the last minute. */
export function createPortChooser(): () => Promise<number> {
  const recent = new Map<number, number>()
  return async function choose(): Promise<number> {
    for (let attempt = 0; attempt < 50; attempt++) {
      const port = await probe()
      const now = performance.now()
      const handedOut = recent.get(port)
      if (handedOut != null && now - handedOut < 60_000) continue
      recent.set(port, now)
      return port
    }
    throw new Error('ResourceInitializationError: no free port on 127.0.0.1 after 50 attempts')
  }
}

function probe(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address != null && typeof address === 'object') resolve(address.port)
        else reject(new Error('the system gave no port'))
      })
    })
  })
}
