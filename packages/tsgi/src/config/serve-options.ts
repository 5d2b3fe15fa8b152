import type { ServeOptions } from '@tsgi/server'
import { CommandError } from '../console/command-error.ts'
import { flagName } from './flags.ts'
import type { ServeSettings } from './settings.ts'

/** Converts the settings of a command to the options of `serve`. */
export function serveOptions(settings: ServeSettings): ServeOptions {
  const {
    http = [],
    https = [],
    unix = [],
    cert = '',
    key = '',
    trustProxy,
    proxyHeaders,
    rootPath,
    maxBodySize,
  } = settings
  const { proxyProtocol, accessLog, keepAliveTimeout, requestTimeout, gracefulTimeout } = settings
  const { uwsgi = [], unixMode, backlog, reusePort, maxInFlight, maxEventLoopDelay, health } = settings
  const { engine, maxWebSockets } = settings
  const listen = [...http, ...https, ...unix.map((path) => `unix:${path}`), ...uwsgi]
  return {
    ...(listen.length > 0 && { listen }),
    ...((cert !== '' || key !== '') && { tls: { cert, key } }),
    ...(engine !== undefined && { engine }),
    ...(unixMode !== undefined && { unixMode }),
    ...(backlog !== undefined && { backlog }),
    ...(reusePort !== undefined && { reusePort }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...(proxyHeaders !== undefined && { proxyHeaders }),
    ...(rootPath !== undefined && { rootPath }),
    ...(proxyProtocol !== undefined && { proxyProtocol }),
    ...(accessLog !== undefined && { accessLog }),
    ...(maxBodySize !== undefined && { maxBodySize }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(maxWebSockets !== undefined && { maxWebSockets }),
    ...(maxEventLoopDelay !== undefined && { maxEventLoopDelay }),
    ...(health !== undefined && { neverShed: health }),
    ...(keepAliveTimeout !== undefined && { keepAliveTimeout }),
    ...(requestTimeout !== undefined && { requestTimeout }),
    ...(gracefulTimeout !== undefined && { gracefulTimeout }),
  }
}

/** Converts an error of `serve` to one that names the flag instead of the option. Returns other errors as they are. */
export function startFailure(error: unknown): unknown {
  if (error instanceof TypeError) {
    const message = error.message
      .replace(/^serve: /, '')
      .replace(/^listen\b/, '--http or --unix')
      .replace(/^tls\b(.*?)(?:: \{ cert, key \})?$/, '--cert and --key$1')
      .replace(/^[a-z]\w*\b/, flagName)
    return message === error.message ? error : new CommandError(message, 2, { cause: error })
  }
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return new CommandError(
      `the address is in use: ${message}. Stop the other server, or choose another address`,
      1,
    )
  }
  if (syscall === undefined && !message.startsWith('serve: ')) return error
  return new CommandError(message.replace(/^serve: /, ''), 1, { cause: error })
}
