import { parentPort, workerData } from 'node:worker_threads'
import { installedPackages } from './installed-packages.ts'

// A thread of its own: a layer of a hundred megabytes would keep the endpoint, its load balancers among it, from answering.
parentPort?.postMessage(await installedPackages(workerData as Parameters<typeof installedPackages>[0]))
