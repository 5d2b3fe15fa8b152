import { checkOptions, describe, parseDuration } from '@tsgi/core/options'
import type { SessionIdentity } from './content/content.ts'
import type { RegenerateOptions } from './session-type.ts'

/** Long enough for any id, short enough for the index of any database. In characters. */
const MAX_USER = 255

/** Browsers keep cookies for at most 400 days (RFC 6265bis §5.5). */
const MAX_REMEMBER = 400 * 24 * 60 * 60 * 1000

/**
 * Reads the options of `regenerateId`. A new user is not remembered unless the options say so.
 *
 * @throws TypeError if an option is unknown or invalid.
 */
export function readIdentity(options: RegenerateOptions = {}): Omit<SessionIdentity, 'id'> {
  checkOptions('session: regenerateId', options, ['user', 'remember'])
  const { user, remember } = options
  if (user === undefined) return remember === undefined ? {} : { remember: readRemember(remember) }
  checkUser('session: regenerateId', user)
  return { user, remember: remember === undefined ? undefined : readRemember(remember) }
}

/** @throws TypeError if the value cannot be the user of a session. */
export function checkUser(subject: string, user: unknown): void {
  if (typeof user === 'string' && user !== '' && user.length <= MAX_USER && user.isWellFormed()) return
  throw new TypeError(`${subject}: user must be text of 1 to ${MAX_USER} characters, got ${describe(user)}`)
}

function readRemember(remember: unknown): number {
  const duration = parseDuration(remember)
  if (duration !== undefined && Number.isInteger(duration) && duration >= 1000 && duration <= MAX_REMEMBER) {
    return duration
  }
  throw new TypeError(
    `session: regenerateId: remember must be a duration from 1 second to 400 days, such as '30d', got ${describe(remember)}`,
  )
}
