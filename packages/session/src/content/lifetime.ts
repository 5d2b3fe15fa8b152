import type { SessionContent } from './content.ts'

/** The part of a session's content that determines when it ends. */
type Dates = Pick<SessionContent, 'created' | 'remember'>

/** Determines when sessions and their cookies expire. */
export interface SessionLifetime {
  /**
   * Returns when a session expires if it is used now.
   *
   * @param previous The current expiry. Using a session never makes it expire earlier: if a clock is slow for a while,
   *   correcting it must not end sessions.
   */
  expiry(content: Dates, previous?: number): number
  /** Whether using the session now moves its expiry by enough to store it: by a tenth of the idle timeout. */
  isWorthStoring(content: Dates, previous: number): boolean
  /** Whether the session has reached the absolute timeout. */
  isOver(content: Dates): boolean
  /** Returns how long the browser keeps the cookie, in seconds; `undefined` for as long as the browser runs. */
  cookieMaxAge(content: Dates): number | undefined
  /** Whether the cookie must be set again when a new expiry is stored. */
  renewsCookie(content: Dates): boolean
}

export interface LifetimeOptions {
  /** Milliseconds. */
  readonly idleTimeout: number
  /** Milliseconds; 0 for no limit. */
  readonly absoluteTimeout: number
  /** Whether the browser keeps the cookies of sessions that are not to be remembered. */
  readonly persistent: boolean
}

export function createLifetime({
  idleTimeout,
  absoluteTimeout,
  persistent,
}: LifetimeOptions): SessionLifetime {
  const idle = ({ remember = 0 }: Dates) => Math.max(idleTimeout, remember)
  const end = ({ created, remember = 0 }: Dates) =>
    absoluteTimeout === 0 ? Number.POSITIVE_INFINITY : created + Math.max(absoluteTimeout, remember)
  const isPersistent = ({ remember }: Dates) => persistent || remember !== undefined
  const expiry = (content: Dates, previous = 0) =>
    Math.min(Math.max(Date.now() + idle(content), previous), end(content))

  return {
    expiry,
    isWorthStoring: (content, previous) => expiry(content, previous) - previous >= idle(content) / 10,
    isOver: (content) => end(content) <= Date.now(),
    cookieMaxAge(content) {
      if (!isPersistent(content)) return undefined
      const lasts = absoluteTimeout === 0 ? idle(content) : end(content) - Date.now()
      return Math.max(1, Math.ceil(lasts / 1000))
    },
    renewsCookie: (content) => absoluteTimeout === 0 && isPersistent(content),
  }
}
