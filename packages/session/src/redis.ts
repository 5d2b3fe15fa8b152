import { createHash } from 'node:crypto'
import type { Entry, Outcome, Store, Stored } from './store.ts'

/**
 * What {@link redisStore} needs of a connection: three commands. A client of the `redis` package has them, and so have
 * its cluster, its sentinel and its pool.
 */
export interface RedisConnection {
  /** `GET`. */
  get(key: string): Promise<string | null>
  /** `EVALSHA`: rejects with an error that begins with `NOSCRIPT` where the script is not known. */
  evalSha(sha1: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** `EVAL`. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
}

/** The options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A connected client. The store neither opens it nor closes it. */
  readonly client: RedisConnection
  /** What each key begins with; `'session:'` unless given. */
  readonly prefix?: string
}

/** A store that {@link redisStore} made. */
export interface RedisStore extends Store {
  load(key: string): Promise<Stored | undefined>
  commit(key: string, entry: Entry, version: number): Promise<Outcome>
  destroy(key: string, version: number): Promise<Outcome>
}

interface Script {
  readonly source: string
  readonly sha1: string
}

/** Returns what is there, unless it has the version given. What is not a session has no version. */
const REFUSE = `
local stored = redis.call('GET', KEYS[1])
local version = '0'
if stored then version = string.match(stored, '^(%d+) %d+ ') end
if version ~= ARGV[1] then return stored end`

const COMMIT = script(`${REFUSE}
if tonumber(ARGV[3]) > 0 then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return 1`)

const DESTROY = script(`${REFUSE}
return redis.call('DEL', KEYS[1])`)

/**
 * Keeps sessions in Redis, or a server that speaks as it does (Valkey): any number of processes on any number of
 * machines may share it. Every change is one script, so it is made whole or not at all; Redis itself removes what has
 * ended.
 *
 * Whether a session outlives a crash of Redis is for Redis's own configuration to say (`appendonly`), and what it does
 * where memory is short as well: with `maxmemory-policy noeviction` it refuses, with others sessions end early.
 *
 * Methods reject, with the client's error as the `cause`, where Redis cannot be reached, refuses, or has under a key
 * what no store has put there.
 *
 * @throws TypeError where `client` lacks a command, or `prefix` is not text.
 *
 * @example
 * ```ts no-run
 * import { redisStore } from '@tsgi/session/redis'
 * import { createClient } from 'redis'
 *
 * const client = createClient({ url: 'redis://10.0.0.5:6379', disableOfflineQueue: true })
 * client.on('error', (error) => console.error(error))
 * await client.connect()
 *
 * const store = redisStore({ client })
 * ```
 *
 * @example
 * ```ts
 * import { redisStore } from '@tsgi/session/redis'
 *
 * // Any object with the three commands will do, as one for a test.
 * const client = { get: async () => '3 1800000000000 data', eval: async () => 1, evalSha: async () => 1 }
 * const store = redisStore({ client, prefix: 'shop:' })
 * await store.load('k') // => { version: 3, expires: 1800000000000, data: 'data' }
 * await store.destroy('k', 3) // => { ok: true }
 * ```
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  const { client, prefix = 'session:' } = options
  for (const command of ['get', 'evalSha', 'eval'] as const) {
    if (typeof client?.[command] !== 'function') {
      throw new TypeError(`redisStore: client must be a client of Redis, but it has no method ${command}`)
    }
  }
  if (typeof prefix !== 'string') {
    throw new TypeError(`redisStore: prefix must be text, got ${JSON.stringify(prefix)}`)
  }

  /** What a change came to: 1, or what stands in its way. */
  async function change(script: Script, key: string, args: string[]): Promise<Outcome> {
    const given = { keys: [prefix + key], arguments: args }
    const reply = await client.evalSha(script.sha1, given).catch((error: unknown) => {
      // Redis forgets its scripts when it starts again, and when it is told to.
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) {
        return client.eval(script.source, given)
      }
      throw error
    })
    return reply === 1 ? { ok: true } : { ok: false, current: read(reply) }
  }

  return {
    load: (key) => during('load', async () => read(await client.get(prefix + key))),
    commit: (key, { data, expires }, version) =>
      during('commit', () => {
        // Redis counts the time that is left by itself, so that its clock need not agree with this machine's.
        const left = expires - Date.now()
        return change(COMMIT, key, [`${version}`, `${version + 1} ${expires} ${data}`, `${left}`])
      }),
    destroy: (key, version) => during('destroy', () => change(DESTROY, key, [`${version}`])),
  }
}

/** What the text under a key says: version, end and data, with a space between. */
function read(text: unknown): Stored | undefined {
  // 0 is what DEL returns where there was nothing.
  if (text === null || text === 0) return undefined
  const [head, version, expires] = /^(\d+) (\d+) /.exec(String(text)) ?? []
  if (head === undefined) throw new Error('what is kept under the key is no session')
  return { data: String(text).slice(head.length), expires: Number(expires), version: Number(version) }
}

/** The clients' errors do not say what was being done. */
async function during<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(`redisStore: ${what}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
