import { startAws } from '../../src/index.ts'

/** Run as a process of its own, so that it can be killed: says where it listens, and stays. */
const [stateFolder = '', port = '0'] = process.argv.slice(2)
const aws = await startAws({ port: Number(port), stateFolder, speed: 60, runtime: 'process' })
process.stdout.write(`${JSON.stringify({ url: aws.url, environment: aws.environment() })}\n`)
setInterval(() => undefined, 60_000)
