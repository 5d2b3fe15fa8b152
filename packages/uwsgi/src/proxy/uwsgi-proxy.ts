import { connect } from 'node:net'
import type { Application } from '@tsgi/core'
import { duration, readLimits } from '@tsgi/core/options'
import { parseUwsgiAddress } from './address.ts'
import { forward } from './forward.ts'
import { encodeRequest } from './request-packet.ts'

/** The options of {@link uwsgiProxy}. */
export interface UwsgiProxyOptions {
  /** Where the server listens: `uwsgi:/run/app.sock` or `uwsgi://127.0.0.1:3031`. */
  readonly socket: string
  /** Milliseconds to connect, after which the answer is 504; 5,000 by default. */
  readonly connectTimeout?: number
  /**
   * Milliseconds that the server may be silent while it is waited for, after which the answer is 504, or the response is
   * cut off where it had begun; 60,000 by default, 0 for no bound.
   */
  readonly timeout?: number
  /** Bytes of the head of a response, after which the answer is 502; 65,536 by default. */
  readonly maxHeaderSize?: number
}

/**
 * An application that forwards to a uwsgi server, as uWSGI with a Python application. Bodies are streamed both ways.
 * Mounted, its prefix becomes `SCRIPT_NAME`.
 *
 * It throws an {@link HttpError} of status 502 where the server cannot be reached or its answer is none, 504 where it is
 * too slow, 411 where the request's body has no declared length, and 431 where its header is more than a packet holds.
 *
 * @throws TypeError where an option is not what it should be, naming it.
 *
 * @example
 * ```ts
 * import { mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { createUwsgiServer, uwsgiProxy } from '@tsgi/uwsgi'
 *
 * // Any uwsgi server would do: here it is one of ours.
 * const backend = createUwsgiServer(({ scriptName, pathInfo }) => text(`${scriptName} ${pathInfo}`))
 * await new Promise<void>((resolve) => backend.server.listen(0, '127.0.0.1', resolve))
 * const { port } = backend.server.address() as { port: number }
 *
 * const legacy = mount('/legacy', uwsgiProxy({ socket: `uwsgi://127.0.0.1:${port}` }))
 * const application = legacy(() => text('new'))
 * const response = await client(application).get('/legacy/users')
 * await response.text() // => '/legacy /users'
 * await backend.close()
 * ```
 */
export function uwsgiProxy(options: UwsgiProxyOptions): Application {
  const { socket } = options
  const address = typeof socket === 'string' ? parseUwsgiAddress(socket) : undefined
  if (address === undefined) {
    throw new TypeError(
      `uwsgiProxy: socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got ${
        typeof socket === 'string' ? `'${socket}'` : String(socket)
      }`,
    )
  }
  const limits = readLimits('uwsgiProxy', options, bounds)
  return async function uwsgiProxyApplication(environ) {
    const request = encodeRequest(environ)
    return forward(connect({ ...address, noDelay: true, allowHalfOpen: true }), request, environ, limits)
  }
}

const bounds = {
  connectTimeout: duration(5_000, 1),
  timeout: duration(60_000),
  maxHeaderSize: { default: 65_536, min: 256, max: 1024 * 1024, unit: 'bytes' },
}
