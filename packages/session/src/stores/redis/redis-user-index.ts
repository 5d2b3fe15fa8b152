import { ADD_TO_USER, LIST_OF_USER, REMOVE_FROM_USER, type Script } from './redis-scripts.ts'

/** How long a member is kept after its session has expired, in case the clocks of the machines disagree. */
const CLOCK_DIFFERENCE = 86_400_000

/** A session that belongs to the user, belonged to the user, or is about to. */
interface Member {
  readonly key: string
  readonly expires: number
}

/**
 * The keys of each user's sessions: a sorted set per user, ordered by expiry. In a cluster, it is on another node than the
 * sessions, so both cannot change in one step. A session is therefore added before it is committed, and the value of a
 * session says which user it really belongs to.
 */
export interface RedisUserIndex {
  add(user: string, key: string, expires: number, timeToLive: number): Promise<void>
  /** Removes a session unless it has been added with another expiry. Never rejects: it can stay until it expires. */
  remove(user: string, key: string, expires: number): Promise<void>
  list(user: string): Promise<readonly Member[]>
}

/** @param run Runs a script on a key without the prefix. */
export function redisUserIndex(
  run: (script: Script, key: string, args: readonly string[]) => Promise<unknown>,
): RedisUserIndex {
  const keyOf = (user: string) => `user:${user}`
  return {
    async add(user, key, expires, timeToLive) {
      const gone = Date.now() - CLOCK_DIFFERENCE
      const kept = Math.max(0, timeToLive) + CLOCK_DIFFERENCE
      await run(ADD_TO_USER, keyOf(user), [key, `${expires}`, `${gone}`, `${kept}`])
    },
    async remove(user, key, expires) {
      await run(REMOVE_FROM_USER, keyOf(user), [key, `${expires}`]).catch(() => {})
    },
    async list(user) {
      const reply = ((await run(LIST_OF_USER, keyOf(user), [])) ?? []) as readonly unknown[]
      // [key, expiry, key, expiry, …]
      return reply.flatMap((key, index) =>
        index % 2 === 0 ? [{ key: String(key), expires: Number(reply[index + 1]) }] : [],
      )
    },
  }
}
