import { createHash } from 'node:crypto'

/** A Lua script that uses one key, so that it works in a cluster. */
export interface Script {
  readonly source: string
  readonly sha1: string
}

/**
 * Replies `{0, stored}` unless the stored session has the version `ARGV[1]`. A value of any type that is not a session
 * counts as version 0, no session.
 */
const CHECK_VERSION = `
local stored = redis.pcall('GET', KEYS[1])
local version, head
if type(stored) == 'string' then head, version = string.match(stored, '^((%d+) %d+ %S* )') end
if (version or '0') ~= ARGV[1] then return {0, version and stored} end`

/** Arguments: version, new value, time to live in milliseconds. Replies with the beginning of the previous value, too. */
export const COMMIT: Script = script(`${CHECK_VERSION}
if tonumber(ARGV[3]) > 0 then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
  redis.call('DEL', KEYS[1])
end
return {1, head}`)

/** Argument: version. Replies with the beginning of the previous value, too. */
export const DESTROY: Script = script(`${CHECK_VERSION}
if not version then return {0} end
redis.call('DEL', KEYS[1])
return {1, head}`)

/** Argument: user. Destroys the session if it belongs to the user, whatever its version. */
export const DESTROY_OF_USER: Script = script(`
local stored = redis.pcall('GET', KEYS[1])
local user = type(stored) == 'string' and string.match(stored, '^%d+ %d+ (%S*) ')
if user ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)

/** Adds a session to those of a user. Arguments: key, expiry, expiry up to which others are removed, time to live. */
export const ADD_TO_USER: Script = script(`
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end`)

/** Removes a session from those of a user, unless it has been added with another expiry. Arguments: key, expiry. */
export const REMOVE_FROM_USER: Script = script(`
local expires = redis.call('ZSCORE', KEYS[1], ARGV[1])
if expires and tonumber(expires) == tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end`)

/** Replies with the keys and expiries of a user's sessions, some of which may have ended. */
export const LIST_OF_USER: Script = script(`
return redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')`)

function script(source: string): Script {
  return { source, sha1: createHash('sha1').update(source).digest('hex') }
}
