import type { EventEmitter } from 'node:events'

/** Calls `onThrown` with the errors that listeners throw. Node would end the process, because it emits most events itself. */
export function guardListeners(emitter: EventEmitter, onThrown: (thrown: unknown) => void): void {
  const { emit } = emitter
  emitter.emit = (event: string | symbol, ...args: unknown[]) => {
    try {
      return emit.call(emitter, event, ...args)
    } catch (thrown) {
      // Without a listener, an 'error' event throws its error.
      if (event === 'error') throw thrown
      onThrown(thrown)
      return true
    }
  }
}
