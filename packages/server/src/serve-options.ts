import { CommandError } from './command-error.ts'
import { flagName } from './flags.ts'
import type { ServeOptions } from './serve.ts'
import type { ServeSettings } from './serve-settings.ts'

/** What a command was told, as the options of `serve`. */
export function serveOptions(settings: ServeSettings): ServeOptions {
  const { http = [], unix = [], trustProxy, maxBodySize, keepAliveTimeout, gracefulTimeout } = settings
  const listen = [...http, ...unix.map((path) => `unix:${path}`)]
  return {
    ...(listen.length > 0 && { listen }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(maxBodySize !== undefined && { maxBodySize }),
    ...(keepAliveTimeout !== undefined && { keepAliveTimeout }),
    ...(gracefulTimeout !== undefined && { gracefulTimeout }),
  }
}

/** What to say of an error that `serve` rejected with. */
export function startFailure(error: unknown): unknown {
  if (error instanceof TypeError) {
    // The message names the option; what was wrong is the flag.
    const message = error.message
      .replace(/^serve: /, '')
      .replace(/^listen\b/, '--http or --unix')
      .replace(/^[a-z]\w*\b/, flagName)
    return message === error.message ? error : new CommandError(message, 2, { cause: error })
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return new CommandError(`the address is in use: ${message}`, 1)
  return syscall === undefined ? error : new CommandError(message, 1, { cause: error })
}
