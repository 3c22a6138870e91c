import { parentPort, workerData } from 'node:worker_threads'
import { unpackLayer } from './unpack-layer.ts'

// A thread of its own: the ten thousand files of an image would keep the endpoint, its load balancers among it, from answering.
await unpackLayer(...(workerData as Parameters<typeof unpackLayer>))
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin, a window has
parentPort?.postMessage('unpacked')
