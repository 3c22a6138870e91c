/** Starts one container as an emulator would and says which processes it consists of; is killed by the test. */
import { findRuntime } from '../../src/runtime/find-runtime.ts'
import { childrenOf } from '../../src/runtime/process/remains.ts'
import type { UnpackedImage } from '../../src/runtime/task-runtime.ts'

const [wanted, stateFolder = '', image = ''] = process.argv.slice(2)
const found = await findRuntime({ wanted: wanted === 'docker' ? 'docker' : 'process', stateFolder })
if (!found.available) throw new Error(found.reason)
await new Promise<void>((started, failed) => {
  found.runtime
    .start({
      id: 'doomed',
      image: JSON.parse(image) as UnpackedImage,
      command: ['-e', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000)'],
      environment: {},
      memoryMiB: 128,
      readonlyRootFilesystem: true,
      onOutput: () => started(),
    })
    .catch(failed)
})
const container = childrenOf(process.pid)[0] ?? 0
const init = childrenOf(container)[0] ?? 0
process.stdout.write(JSON.stringify([container, init, childrenOf(init)[0]]))
setInterval(() => undefined, 1000)
