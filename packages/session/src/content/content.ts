import { SessionFormatError } from '../stores/store.ts'

/** The part of a session that is replaced when it gets a new secret id. */
export interface SessionIdentity {
  /** The public id: it changes with the secret one, but cannot be used to find the session. */
  readonly id: string
  /** The user who has signed in. */
  readonly user?: string | undefined
  /** How long the session lasts without being used, if the user wants to be remembered, in milliseconds. */
  readonly remember?: number | undefined
}

/** The content of a session. */
export interface SessionContent extends SessionIdentity {
  /** When the session was created or last got a new id, in milliseconds since the epoch. */
  readonly created: number
  readonly values: ReadonlyMap<string, unknown>
  readonly flashes: readonly StoredFlash[]
}

/** A message for the visitor's next page. */
export interface FlashMessage {
  /** The kind of message, for example `info` or `error`. */
  readonly type: string
  readonly message: string
}

/** A message with an id, because two messages can have the same text. */
export interface StoredFlash extends FlashMessage {
  readonly id: string
}

/** Stored under the key of a replaced id: the key of the new id. */
export interface MovedSession {
  readonly moved: string
}

/** Returns the content of a new session. */
export function emptyContent(identity: SessionIdentity): SessionContent {
  return { ...identity, created: Date.now(), values: new Map(), flashes: [] }
}

/** Whether the session contains nothing that is worth storing. */
export function isEmpty({ user, values, flashes }: SessionContent): boolean {
  return user === undefined && values.size === 0 && flashes.length === 0
}

/** Returns the text to store. */
export function encode(session: SessionContent | MovedSession): string {
  if ('moved' in session) return JSON.stringify(session)
  const { id, user, remember, created, values, flashes } = session
  return JSON.stringify({ id, user, remember, created, data: Object.fromEntries(values), flashes })
}

/**
 * Parses the result of {@link encode}. The values are frozen, so that changing them in place throws.
 *
 * @throws SessionFormatError if the text is not a session.
 */
export function decode(text: string): SessionContent | MovedSession {
  try {
    return read(JSON.parse(text))
  } catch (cause) {
    throw new SessionFormatError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function read(stored: unknown): SessionContent | MovedSession {
  if (!isObject(stored)) throw new TypeError('data is not an object')
  const { moved, created, data, flashes } = stored
  if (typeof moved === 'string') return { moved }
  if (typeof created !== 'number' || !isObject(data) || !Array.isArray(flashes) || !flashes.every(isFlash)) {
    throw new TypeError('created, data or flashes is invalid')
  }
  const values = new Map(Object.entries(data))
  for (const value of values.values()) freeze(value)
  return { ...readIdentity(stored), created, values, flashes }
}

function readIdentity({ id, user, remember }: Record<string, unknown>): SessionIdentity {
  if (
    typeof id !== 'string' ||
    !(user === undefined || typeof user === 'string') ||
    !(remember === undefined || typeof remember === 'number')
  ) {
    throw new TypeError('id, user or remember is invalid')
  }
  return { id, user, remember }
}

function isFlash(value: unknown): value is StoredFlash {
  return isObject(value) && ['id', 'type', 'message'].every((key) => typeof value[key] === 'string')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const member of Object.values(value)) freeze(member)
  Object.freeze(value)
}
