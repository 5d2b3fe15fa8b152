import type { Application } from '@tsgi/core'
import { checkOptions, type Duration, describe, duration, readLimits, type Size } from '@tsgi/core/options'
import { parseUwsgiAddress } from './address.ts'
import { forward } from './forward.ts'
import { encodeRequest } from './request-packet.ts'

/** Options of {@link uwsgiProxy}. */
export interface UwsgiProxyOptions {
  /** The address of the uwsgi server: `uwsgi:/run/app.sock` or `uwsgi://127.0.0.1:3031`. */
  readonly socket: string
  /** How long connecting may take before the response is 504; 5 seconds by default. */
  readonly connectTimeout?: Duration
  /**
   * How long the server may send nothing before the response is 504, or is cut off if it has begun; 60 seconds by
   * default, 0 for no limit.
   */
  readonly timeout?: Duration
  /** Maximum size of a response head in bytes; a larger one results in a 502. 65,536 by default. */
  readonly maxHeaderSize?: Size
}

/**
 * Creates an application that forwards requests to a uwsgi server, such as uWSGI with a Python application. Bodies are
 * streamed in both directions. If it is mounted, the prefix becomes `SCRIPT_NAME`.
 *
 * The application throws `HttpError` 502 if the server cannot be reached or its response is invalid, 504 if it is
 * too slow, 411 if the request has a body without `Content-Length`, and 431 if the request headers do not fit into a
 * packet.
 *
 * @throws TypeError if an option is missing, unknown or invalid.
 *
 * @example
 * ```ts
 * import { mount, text } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 * import { createUwsgiServer, uwsgiProxy } from '@tsgi/uwsgi'
 *
 * // Any uwsgi server works, for example this one.
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
  checkOptions('uwsgiProxy', options, ['socket', ...Object.keys(bounds)])
  const { socket } = options
  const address = typeof socket === 'string' ? parseUwsgiAddress(socket) : undefined
  if (address === undefined) {
    throw new TypeError(
      `uwsgiProxy: socket must be 'uwsgi:PATH' or 'uwsgi://HOST:PORT', got ${describe(socket)}`,
    )
  }
  const limits = readLimits('uwsgiProxy', options, bounds)
  return async function uwsgiProxyApplication(environ) {
    const request = encodeRequest(environ)
    return forward(address, request, environ, limits)
  }
}

const bounds = {
  connectTimeout: duration('5s', 1),
  timeout: duration('60s'),
  maxHeaderSize: { default: 65_536, min: 256, max: 1024 * 1024, unit: 'bytes' },
}
