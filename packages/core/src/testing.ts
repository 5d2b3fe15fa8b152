/**
 * A test client for applications and middleware, without a socket: `@tsgi/core/testing`.
 */
import type { Application } from './contract/application.ts'
import type { CompleteApplication } from './contract/complete.ts'
import type { Environ } from './contract/environ.ts'
import type { ErrorLog } from './contract/error-log.ts'
import type { GatewayLifecycle } from './contract/lifecycle.ts'
import { type ExchangeSettings, exchangeSettings } from './gateway/exchange-settings.ts'
import { forwardAbort } from './gateway/stopping/forward-abort.ts'
import { closeInTime } from './gateway/stopping/graceful-close.ts'
import { LintError, lint } from './lint/lint.ts'
import { checkOptions } from './options/check-options.ts'
import { handle } from './response/handle.ts'
import {
  type ClientInit,
  makeRequest,
  type RequestDefaults,
  redirected,
  redirectTarget,
} from './testing/client-request.ts'
import { CookieJar } from './testing/cookie-jar.ts'
import { startExchange } from './testing/start-exchange.ts'
import { handshakeInit, type TestSocket, type TestSocketInit } from './testing/test-socket.ts'

export type { ClientInit } from './testing/client-request.ts'
export { CookieJar } from './testing/cookie-jar.ts'
export type { TestSocket, TestSocketInit } from './testing/test-socket.ts'

const MAX_REDIRECTS = 20

/** The options of {@link client}. */
export interface ClientOptions extends RequestDefaults {
  /** `environ.remoteAddress`. Default: `127.0.0.1`. */
  readonly remoteAddress?: string
  /** Where problems are reported, in addition to the client's `errors`. Default: standard error. */
  readonly errors?: ErrorLog
  /** Aborts `environ.gateway.stopping`, as the end of the client does. */
  readonly stopping?: AbortSignal
  /** The resources of the application. The client starts them, and stops them at its end. */
  readonly lifecycle?: GatewayLifecycle
}

/**
 * A client of one application, made by {@link client}. Its end, as with `await using`, is that of a gateway: it aborts
 * `environ.gateway.stopping`, waits for promises passed to `waitUntil`, for 10 s at most, and stops resources.
 */
export interface Client extends AsyncDisposable {
  request(method: string, path: string, init?: ClientInit): Promise<Response>
  get(path: string, init?: ClientInit): Promise<Response>
  head(path: string, init?: ClientInit): Promise<Response>
  post(path: string, init?: ClientInit): Promise<Response>
  put(path: string, init?: ClientInit): Promise<Response>
  patch(path: string, init?: ClientInit): Promise<Response>
  delete(path: string, init?: ClientInit): Promise<Response>
  options(path: string, init?: ClientInit): Promise<Response>
  /**
   * Opens a WebSocket, in memory.
   *
   * @throws Error (by rejection) if the handshake is rejected; its `cause` is the response.
   */
  websocket(path: string, init?: TestSocketInit): Promise<TestSocket>
  /** The cookies of the client. */
  readonly cookies: CookieJar
  /** What the application and its middleware reported to `environ.errors`, in order. */
  readonly errors: readonly unknown[]
}

/**
 * Creates a client that calls an application without a socket, inside {@link lint}, and stores cookies as a browser does.
 * Errors become responses, as in a gateway.
 *
 * @throws LintError (by rejection) if the application or a middleware breaks a rule of SPEC.md.
 * @throws TypeError if an option is unknown; by rejection if a request has an unknown option or both `json` and `form`, if
 *   a redirect that is followed leads to an invalid URL, or after more than 20 redirects.
 *
 * @example
 * ```ts
 * import { json } from '@tsgi/core'
 * import { client } from '@tsgi/core/testing'
 *
 * const web = client(async ({ request }) => json({ got: await request.json() }))
 * const response = await web.post('/', { json: [1, 2] })
 * await response.json() // => { got: [1, 2] }
 * ```
 */
export function client<E extends object = object>(
  app: CompleteApplication<E>,
  options: ClientOptions = {},
): Client {
  const linted = lint(app as Application)
  const settings = settingsOf(options)
  const started = options.lifecycle?.start({ stopping: settings.stopping.signal })
  // Each request rejects with the error.
  started?.catch(() => {})
  const cookies = new CookieJar()
  const errors: unknown[] = []

  async function exchange(request: Request, opened?: (socket: TestSocket) => void): Promise<Response> {
    const url = new URL(request.url)
    let violation: LintError | undefined
    const log: ErrorLog = {
      write(problem, request) {
        errors.push(problem)
        // A violation of the contract rejects the request, so it does not have to be logged.
        if (problem instanceof LintError) violation ??= problem
        else settings.errors.write(problem, request)
      },
    }
    await started
    const exchange = startExchange(request, { ...settings, errors: log }, options, opened)
    const response = exchange.finish(await handle(linted, exchange.environ))
    if (violation !== undefined) throw violation
    for (const line of response.headers.getSetCookie()) cookies.store(line, url)
    return response
  }

  async function request(method: string, path: string, init: ClientInit = {}): Promise<Response> {
    let next = makeRequest(method, path, init, options, cookies)
    if (init.redirect !== 'follow') return exchange(next)
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const again = next.clone()
      const response = await exchange(next)
      const target = redirectTarget(response, again)
      if (target === undefined) return response
      // Not awaited: a body may wait for something that never comes.
      response.body?.cancel().catch(() => {})
      next = redirected(again, response.status, target, cookies)
    }
    throw new TypeError(`client: more than ${MAX_REDIRECTS} redirects from ${path}`)
  }

  return {
    request,
    get: (path, init) => request('GET', path, init),
    head: (path, init) => request('HEAD', path, init),
    post: (path, init) => request('POST', path, init),
    put: (path, init) => request('PUT', path, init),
    patch: (path, init) => request('PATCH', path, init),
    delete: (path, init) => request('DELETE', path, init),
    options: (path, init) => request('OPTIONS', path, init),
    async websocket(path, init = {}) {
      let socket: TestSocket | undefined
      const request = makeRequest('GET', path, handshakeInit(init), options, cookies)
      const response = await exchange(request, (opened) => {
        socket = opened
      })
      if (socket !== undefined) return socket
      const { status: rejected } = response
      throw new Error(`client: the handshake was rejected with status ${rejected}`, { cause: response })
    },
    cookies,
    errors,
    async [Symbol.asyncDispose]() {
      await started?.catch(() => {})
      await closeInTime(settings, { gracefulTimeout: 10_000, ended: Promise.resolve(), destroy() {} })
    },
  }
}

/**
 * Creates an environ like those of the test client, to test one half of a middleware.
 *
 * @example
 * ```ts
 * import { testEnviron } from '@tsgi/core/testing'
 *
 * testEnviron('/users?page=2').queryString // => 'page=2'
 * ```
 */
export function testEnviron(
  path: string,
  init: ClientInit & { readonly method?: string } = {},
  options: ClientOptions = {},
): Environ {
  const request = makeRequest(init.method ?? 'GET', path, init, options, new CookieJar())
  return startExchange(request, settingsOf(options), options).environ
}

const optionNames = ['baseUrl', 'headers', 'remoteAddress', 'errors', 'stopping', 'lifecycle']

function settingsOf(options: ClientOptions): ExchangeSettings {
  checkOptions('client', options, optionNames)
  const { errors, stopping, lifecycle } = options
  const settings = exchangeSettings('client', handle, errors && { errors }, { lifecycle })
  forwardAbort(stopping, settings.stopping)
  return settings
}
