import { createServer } from 'node:http'
import type { ContainerExit, TaskRuntime } from '../../../local/aws/src/runtime/task-runtime.ts'

/** Tasks as servers of this process. A command is a migration and exits at once. */
export function inProcessRuntime(): TaskRuntime {
  return {
    name: 'process',
    sweep: async () => {},
    async start({ environment, port, command }) {
      if (command != null) return { exited: Promise.resolve({ exitCode: 0 }), stop: async () => ({ exitCode: 0 }) }
      const version = environment['SLUICE_RELEASE_VERSION'] ?? ''
      let answered = 0
      const server = createServer(({ url }, response) => {
        const isHealth = url === '/health'
        const isBroken = isHealth
          ? version.includes('never-healthy')
          : version.includes('errors') && ++answered % 4 === 0
        response.writeHead(isBroken ? 500 : 200).end(version)
      })
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
      const { promise: exited, resolve: exit } = Promise.withResolvers<ContainerExit>()
      return {
        exited,
        stop() {
          server.close(() => exit({ exitCode: 0 }))
          server.closeIdleConnections()
          return exited
        },
      }
    },
  }
}
