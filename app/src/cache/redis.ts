import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { PackageAccess } from '../auth/principal.ts'
import type { RemoteBody, RemoteCache } from './remote.ts'
import type { Body } from './store.ts'

const commandMs = 150
/** After a command that failed or came too late Redis is left alone so long: one that hangs costs one request a second. */
const restMs = 1000
const expireSeconds = 3600
const leaseMs = 2000
const waitMs = 400
const lookEveryMs = 40
/** Bigger bodies come from the store: Redis is for what is asked for again and again. */
const largest = 2 * 1024 * 1024

/**
 * Redis or Valkey behind the process's own memory. When it is gone the registry is slower and nothing else: commands are
 * never queued, and wait 150 ms at most.
 *
 * @param url `redis://` or `rediss://` (TLS), with user and password where there are any; of a cluster any node, or its
 *   configuration endpoint
 */
export function openRemoteCache(url: string, isCluster: boolean, log: Logger): RemoteCache {
  const options = {
    commandTimeout: commandMs,
    connectTimeout: 3000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (tries: number) => Math.min(200 * tries, 5000),
  }
  const { protocol, username, password } = new URL(url)
  const redis = isCluster
    ? new Cluster([url], {
        // Nodes that the cluster names itself come without what the URL says of user, password and TLS.
        redisOptions: {
          ...options,
          ...(username !== '' && { username: decodeURIComponent(username) }),
          ...(password !== '' && { password: decodeURIComponent(password) }),
          ...(protocol === 'rediss:' && { tls: {} }),
        },
        enableOfflineQueue: false,
        // ElastiCache's certificate names the configuration endpoint's domain: addresses would not match it.
        dnsLookup: (address, callback) => callback(null, address),
      })
    : new Redis(url, options)
  let isDown = false
  redis.on('error', (error) => {
    if (!isDown) log.warn({ err: error }, 'Redis does not answer: bodies come from the shards')
    isDown = true
  })
  redis.on('ready', () => {
    if (isDown) log.info('Redis answers again')
    isDown = false
  })
  let restsUntil = 0
  const ready = () => redis.status === 'ready' && performance.now() >= restsUntil
  /** What `failed` says when Redis does not answer in time; a cluster would try its nodes again and again for seconds. */
  const ask = async <T>(command: Promise<T>, failed: T): Promise<T> => {
    const late = sleep(commandMs, undefined, { ref: false }).then(() => {
      throw new Error(`Redis has not answered within ${commandMs} ms`)
    })
    return Promise.race([command, late]).catch((error: unknown) => {
      log.debug({ err: error }, 'Redis failed: it is left alone for a moment')
      restsUntil = performance.now() + restMs
      return failed
    })
  }
  const get = async (key: string): Promise<RemoteBody | undefined> => {
    if (!ready()) return undefined
    const value = await ask(redis.getBuffer(key), null)
    return value ? decode(value) : undefined
  }
  return {
    ready,
    get,
    put: (key, value) => {
      if (!ready() || value.body.bytes.length > largest) return
      redis.set(key, encode(value), 'EX', expireSeconds).catch(() => undefined)
    },
    lead: async (key) => {
      if (!ready()) return undefined
      const mine = await ask(redis.set(`${key} lease`, '1', 'PX', leaseMs, 'NX'), 'OK')
      if (mine === 'OK') return undefined
      for (let waited = 0; waited < waitMs; waited += lookEveryMs) {
        await sleep(lookEveryMs)
        const found = await get(key)
        if (found) return found
      }
      return undefined
    },
    close: async () => {
      redis.disconnect()
    },
  }
}

/** A length, the JSON of everything but the bytes, the bytes. */
function encode({ access, body }: RemoteBody): Buffer {
  const { bytes, ...rest } = body
  const head = Buffer.from(JSON.stringify({ access, ...rest }))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, bytes])
}

/** What another release wrote, or what was cut short, counts as not there. */
function decode(value: Buffer): RemoteBody | undefined {
  try {
    const length = value.readUInt32BE(0)
    const { access, ...rest } = JSON.parse(value.subarray(4, 4 + length).toString('utf8')) as {
      access: PackageAccess
    } & Omit<Body, 'bytes'>
    return { access, body: { ...rest, bytes: value.subarray(4 + length) } }
  } catch {
    return undefined
  }
}
