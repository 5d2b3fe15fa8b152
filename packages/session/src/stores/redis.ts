import { createHash } from 'node:crypto'
import { checkOptions, describe, messageOf } from '@tsgi/core/options'
import { commandsOf, type RedisClient } from './redis-client.ts'
import {
  type SessionCommit,
  type SessionEntry,
  SessionFormatError,
  type SessionStore,
  type StoredSession,
} from './store.ts'

export type { RedisClient } from './redis-client.ts'

/** The options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** A connected client. The store neither connects nor closes it. */
  readonly client: RedisClient
  /** The prefix of all keys. Default: `'session:'`. */
  readonly prefix?: string
}

/** The store that {@link redisStore} creates. */
export interface RedisStore extends SessionStore {
  load(key: string): Promise<StoredSession | undefined>
  commit(key: string, entry: SessionEntry, version: number): Promise<SessionCommit>
  destroy(key: string, version: number): Promise<SessionCommit>
}

interface Script {
  readonly source: string
  readonly sha1: string
}

/**
 * Replies `{0, stored}` unless the stored session has the version `ARGV[1]`. A value of any type that is not a session
 * counts as version 0, no session.
 */
const CHECK_VERSION = `
local stored = redis.pcall('GET', KEYS[1])
local version = type(stored) == 'string' and string.match(stored, '^(%d+) %d+ ')
if (version or '0') ~= ARGV[1] then return {0, version and stored} end`

const COMMIT = script(`${CHECK_VERSION}
if tonumber(ARGV[3]) > 0 then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return {1}`)

const DESTROY = script(`${CHECK_VERSION}
if not version then return {0} end
redis.call('DEL', KEYS[1])
return {1}`)

/**
 * Stores sessions in Redis or Valkey. Any number of processes on any number of machines can share it. Every change is
 * a single script, so it is atomic. Redis removes expired sessions itself.
 *
 * The configuration of Redis determines whether sessions survive a crash (`appendonly`) and what happens if memory runs
 * out: with `maxmemory-policy noeviction`, Redis rejects new sessions; otherwise, it removes existing ones early.
 *
 * Methods reject with the client's error if Redis cannot be reached or rejects a command.
 *
 * @throws TypeError if an option is unknown or invalid.
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
 * // Any object with the methods of a client works, for example in a test.
 * const client = { get: async () => '3 1800000000000 data', eval: async () => [1], evalSha: async () => [1] }
 * const store = redisStore({ client, prefix: 'shop:' })
 * await store.load('k') // => { version: 3, expires: 1800000000000, data: 'data' }
 * await store.destroy('k', 3) // => { ok: true }
 * ```
 */
export function redisStore(options: RedisStoreOptions): RedisStore {
  if (typeof (options as Partial<RedisClient> | null)?.get === 'function') {
    throw new TypeError('redisStore: the client is an option: redisStore({ client })')
  }
  checkOptions('redisStore', options, ['client', 'prefix'])
  const { client, prefix = 'session:' } = options
  const commands = commandsOf(client)
  if (typeof prefix !== 'string') {
    throw new TypeError(`redisStore: prefix must be text, got ${describe(prefix)}`)
  }

  async function run(script: Script, key: string, args: readonly string[]): Promise<SessionCommit> {
    const reply = await commands.evalSha(script.sha1, prefix + key, args).catch((error: unknown) => {
      // Redis forgets its scripts when it restarts.
      if (/NOSCRIPT|NoScriptError/.test(messageOf(error)))
        return commands.eval(script.source, prefix + key, args)
      throw error
    })
    const [changed, stored] = reply as [unknown, unknown?]
    return Number(changed) === 1 ? { ok: true } : { ok: false, current: parse(stored) }
  }

  return {
    async load(key) {
      const stored = await commands.get(prefix + key).catch((error: unknown) => {
        if (!messageOf(error).includes('WRONGTYPE')) throw error
        throw new SessionFormatError('the value in Redis is not a string', { cause: error })
      })
      return parse(stored)
    },
    commit(key, { data, expires }, version) {
      // Redis uses its own clock to count down, so the clocks of the machines need not agree.
      const timeToLive = `${expires - Date.now()}`
      return run(COMMIT, key, [`${version}`, `${version + 1} ${expires} ${data}`, timeToLive])
    },
    destroy: (key, version) => run(DESTROY, key, [`${version}`]),
  }
}

/** Parses `version expires data`. */
function parse(stored: unknown): StoredSession | undefined {
  if (stored === null || stored === undefined) return undefined
  const text = String(stored)
  const [head, version, expires] = /^(\d+) (\d+) /.exec(text) ?? []
  if (head === undefined) throw new SessionFormatError('the value in Redis is not a session')
  return { data: text.slice(head.length), expires: Number(expires), version: Number(version) }
}

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
