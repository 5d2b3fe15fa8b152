import { checkOptions, describe, messageOf } from '@tsgi/core/options'
import {
  type SessionCommit,
  type SessionEntry,
  SessionFormatError,
  type SessionStore,
  type StoredSession,
  type UserSession,
} from '../store.ts'
import { commandsOf, type RedisClient } from './redis-client.ts'
import { COMMIT, DESTROY, DESTROY_OF_USER, type Script } from './redis-scripts.ts'
import { redisUserIndex } from './redis-user-index.ts'

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
  listByUser(user: string): Promise<readonly UserSession[]>
  destroyByUser(user: string, exceptKey?: string): Promise<number>
}

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
 * const client = { get: async () => '3 1800000000000  data', eval: async () => [1], evalSha: async () => [1] }
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

  async function run(script: Script, key: string, args: readonly string[]): Promise<unknown> {
    return commands.evalSha(script.sha1, prefix + key, args).catch((error: unknown) => {
      // Redis forgets its scripts when it restarts.
      if (/NOSCRIPT|NoScriptError/.test(messageOf(error)))
        return commands.eval(script.source, prefix + key, args)
      throw error
    })
  }
  const users = redisUserIndex(run)

  /** Runs a script that changes a session, and removes the session from those of its previous user. */
  async function change(
    script: Script,
    key: string,
    args: readonly string[],
    user?: string,
  ): Promise<SessionCommit> {
    const [changed, stored] = (await run(script, key, args)) as [unknown, unknown?]
    if (Number(changed) !== 1) return { ok: false, current: parse(stored)?.session }
    const previous = parse(stored)
    if (previous !== undefined && previous.user !== '' && previous.user !== user) {
      await users.remove(previous.user, key, previous.session.expires)
    }
    return { ok: true }
  }

  async function load(key: string): Promise<Parsed | undefined> {
    const stored = await commands.get(prefix + key).catch((error: unknown) => {
      if (!messageOf(error).includes('WRONGTYPE')) throw error
      throw new SessionFormatError('the value in Redis is not a string', { cause: error })
    })
    return parse(stored)
  }

  return {
    load: async (key) => (await load(key))?.session,
    async commit(key, { data, expires, user: name }, version) {
      // Redis uses its own clock to count down, so the clocks of the machines need not agree.
      const timeToLive = expires - Date.now()
      const user = encodeUser(name)
      // First, so that no session of a user is missed. A member without a session does no harm.
      if (user !== '') await users.add(user, key, expires, timeToLive)
      const value = `${version + 1} ${expires} ${user} ${data}`
      return change(COMMIT, key, [`${version}`, value, `${timeToLive}`], user)
    },
    destroy: (key, version) => change(DESTROY, key, [`${version}`]),
    async listByUser(name) {
      const user = encodeUser(name)
      const sessions = (await users.list(user)).map(async ({ key }) => {
        const found = await load(key).catch((error: unknown) => {
          if (!(error instanceof SessionFormatError)) throw error
        })
        return found?.user === user ? [{ ...found.session, key }] : []
      })
      return (await Promise.all(sessions)).flat()
    },
    async destroyByUser(name, exceptKey) {
      const user = encodeUser(name)
      const members = (await users.list(user)).filter(({ key }) => key !== exceptKey)
      const removals = members.map(async ({ key, expires }) => {
        const removed = Number(await run(DESTROY_OF_USER, key, [user])) === 1
        if (removed) await users.remove(user, key, expires)
        return removed
      })
      return (await Promise.all(removals)).filter((removed) => removed).length
    },
  }
}

interface Parsed {
  readonly session: StoredSession
  /** Encoded; empty if there is none. */
  readonly user: string
}

/** Parses `version expires user data`, or the beginning of it. */
function parse(stored: unknown): Parsed | undefined {
  if (stored === null || stored === undefined) return undefined
  const text = String(stored)
  const [head, version, expires, user] = /^(\d+) (\d+) (\S*) /.exec(text) ?? []
  if (head === undefined) throw new SessionFormatError('the value in Redis is not a session')
  const session = { data: text.slice(head.length), expires: Number(expires), version: Number(version) }
  return { session, user: user! }
}

/** Returns a name without spaces. */
function encodeUser(user: string | undefined): string {
  return user === undefined ? '' : encodeURIComponent(user)
}
