import { type Application, type Environ, handle, withHeaders } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import { createUwsgiServer } from '@tsgi/uwsgi'
import type { ConnectionLimits } from '../http/limits.ts'
import type { Settings } from '../http/settings.ts'
import { identify } from '../observe/access-log.ts'
import type { Observed, Requested } from '../observe/observer.ts'
import { emptied, type Listener, tracked } from './listener.ts'

/** uwsgi, of which each connection carries one request. */
export function createUwsgiListener(
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
): Listener {
  const { errors, multiprocess } = settings
  const { maxBodySize, maxUrlLength, maxHeadersCount, sendTimeout, requestTimeout } = settings.limits
  const { headersTimeout, receiveTimeout, gracefulTimeout } = limits
  const gateway = createUwsgiServer(observed(app, settings), {
    ...{ maxBodySize, maxUrlLength, maxHeadersCount, sendTimeout, requestTimeout },
    ...{ headersTimeout, receiveTimeout, gracefulTimeout },
    errors,
    multiprocess,
  })
  const sockets = tracked(gateway.server)
  return {
    front: gateway.server,
    useCertificate() {},
    closeIdle() {},
    drain: () => emptied(sockets),
    close: gateway.close,
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The application, whose requests observers are told of, and given an id where they are logged. */
function observed(app: Application, { observers, accessLog }: Settings): Application {
  if (observers.length === 0) return app
  return function observed(environ) {
    const request = new UwsgiRequest(environ, accessLog !== undefined)
    for (const observer of observers) observer.began(request)
    environ.finished.then(() => {
      for (const observer of observers) observer.ended(request)
    })
    const finish = (response: Response) => request.answered(response)
    const response = handle(app, environ)
    return response instanceof Promise ? response.then(finish) : finish(response)
  }
}

/** A request over uwsgi, as observers see it. */
class UwsgiRequest implements Observed {
  readonly environ: Environ
  readonly incoming: Requested
  readonly requestId: string | undefined
  status = 0

  constructor(environ: Environ, isLogged: boolean) {
    const { method, scriptName, pathInfo, queryString, headers } = environ
    this.environ = environ
    this.incoming = {
      method,
      url: `${scriptName}${pathInfo}${queryString === '' ? '' : `?${queryString}`}`,
      headers: isLogged ? Object.fromEntries(headers) : {},
    }
    this.requestId = isLogged ? identify(this.incoming) : undefined
  }

  get givenUp(): boolean {
    return this.environ.signal.reason?.name === 'TimeoutError'
  }
  get remoteAddress(): string {
    return this.environ.remoteAddress
  }
  get protocol(): string {
    return this.environ.protocol
  }
  get host(): string {
    return this.environ.host
  }
  get finished(): Environ['finished'] {
    return this.environ.finished
  }

  /** The response, under the request's id. */
  answered(response: Response): Response {
    this.status = response.status
    return this.requestId === undefined ? response : withHeaders(response, { 'x-request-id': this.requestId })
  }
}
