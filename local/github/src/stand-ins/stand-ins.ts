import { downloadArtifact, uploadArtifact } from './artifacts.ts'
import { checkout } from './checkout.ts'
import type { StandIn } from './stand-in.ts'

/** The runner's own Node is the one that the project brings; another major is refused. */
const setupNode: StandIn = {
  shas: ['820762786026740c76f36085b0efc47a31fe5020'],
  inputs: ['node-version', 'cache', 'package-manager-cache', 'node-version-file'],
  run: async ({ inputs, log }) => {
    const wanted = (inputs['node-version'] ?? '').split('.')[0] ?? ''
    const found = process.versions.node.split('.')[0] ?? ''
    if (wanted !== '' && wanted !== found)
      throw new Error(`setup-node: expected Node ${wanted}, the local runner has ${process.version}`)
    log(`Node ${process.version}`)
    return { 'node-version': process.version, 'cache-hit': 'false' }
  },
}

export const standIns: Readonly<Record<string, StandIn>> = {
  'actions/checkout': checkout,
  'actions/setup-node': setupNode,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
}
