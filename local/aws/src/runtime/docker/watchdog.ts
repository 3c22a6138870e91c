/**
 * Outlives a killed emulator by a moment: when the pipe to it breaks, its containers are removed. Arguments: the engine's address
 * as JSON, the state label, the owner label.
 */
import { removeContainers } from './container-labels.ts'
import { Engine, type EngineAddress } from './engine.ts'

const [address = '', state = '', owner = ''] = process.argv.slice(2)
process.on('SIGINT', () => undefined)
process.stdin.resume()
process.stdin.once('close', () => {
  void removeContainers(new Engine(JSON.parse(address) as EngineAddress), state, owner)
})
