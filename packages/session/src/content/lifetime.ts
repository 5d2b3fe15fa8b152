import type { SessionContent } from './content.ts'

/** Determines when sessions expire. */
export interface SessionLifetime {
  /**
   * Returns when a session expires if it is used now.
   *
   * @param previous The current expiry. Using a session never makes it expire earlier: if a clock is slow for a while,
   *   correcting it must not end sessions.
   */
  expiry(content: SessionContent, previous?: number): number
  /** Whether the new expiry is worth storing: it is later by at least a tenth of the idle timeout. */
  isWorthStoring(expires: number, previous: number): boolean
  /** Whether the session has reached the absolute timeout. */
  isOver(content: SessionContent): boolean
}

/** @param idleTimeout Both timeouts are in milliseconds. */
export function createLifetime(idleTimeout: number, absoluteTimeout: number): SessionLifetime {
  return {
    expiry: ({ created }, previous = 0) =>
      Math.min(Math.max(Date.now() + idleTimeout, previous), created + absoluteTimeout),
    isWorthStoring: (expires, previous) => expires - previous >= idleTimeout / 10,
    isOver: ({ created }) => created + absoluteTimeout <= Date.now(),
  }
}
