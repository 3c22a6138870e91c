import { parentPort, workerData } from 'node:worker_threads'
import { installedPackages } from './installed-packages.ts'

// A thread of its own: a layer of a hundred megabytes would keep the endpoint, its load balancers among it, from answering.
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin, a window has
parentPort?.postMessage(await installedPackages(workerData as Parameters<typeof installedPackages>[0]))
