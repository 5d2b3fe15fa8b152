import type { SessionContent } from './content.ts'

/** Decides when sessions expire. */
export interface SessionLifetime {
  /**
   * Returns when a session expires that is used now.
   *
   * @param previous When it would expire otherwise. It never expires earlier because it is used: a clock that is behind
   *   for a while must not end sessions when it is corrected.
   */
  expiry(content: SessionContent, previous?: number): number
  /** Whether it is worth storing a new expiry: it is later by at least a tenth of the idle timeout. */
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
