import { setTimeout } from 'node:timers/promises'
import { closeInTime } from '@tsgi/core/gateway'
import type { Settings } from '../http/settings.ts'
import type { Listener } from '../listen/listener.ts'

/** Closes listeners gracefully, then stops the resources of the application. */
export function closeListeners(
  opened: readonly Listener[],
  settings: Settings,
  gracefulTimeout: number,
): Promise<void> {
  return closeInTime(settings, {
    gracefulTimeout,
    ended: Promise.all(opened.map((listener) => listener.close())),
    destroy() {
      for (const listener of opened) listener.destroy()
    },
  })
}

/** Returns whether the promise settles within this time. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<boolean> {
  const late = new AbortController()
  const delay = setTimeout(milliseconds, false, { signal: late.signal })
  const inTime = await Promise.race([delay, promise.then(() => true)])
  late.abort()
  return inTime
}
