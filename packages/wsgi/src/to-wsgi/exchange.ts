import type { Environ, ErrorLog, Finished, Gateway, ReportedRequest } from '@tsgi/core'
import {
  Completion,
  createEnviron,
  type Exchange,
  requestLine,
  requestLog,
  specVersion,
} from '@tsgi/core/gateway'
import { encodePath, trimTrailingSlashes } from '../contract/bytes.ts'
import { TOKEN } from '../contract/fields.ts'
import type { WsgiEnviron } from '../contract/types.ts'

/** The number of bytes read from `wsgi.input` at once. */
const BLOCK_SIZE = 64 * 1024
const neverStopping = new AbortController().signal

/** A request that arrives as a WSGI environ. */
export class WsgiExchange implements Exchange {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly hasValidHost: boolean
  readonly protocol: string
  readonly remoteAddress: string
  readonly gateway: Gateway
  readonly waitUntil: Environ['waitUntil']
  readonly completion: Completion = new Completion()
  readonly environ: Environ
  route: string | undefined
  readonly #wsgi: WsgiEnviron
  readonly #url: string
  #headers: Headers | undefined
  #request: Request | undefined
  readonly #controller = new AbortController()
  #signal: AbortSignal | undefined

  constructor(wsgi: WsgiEnviron) {
    this.#wsgi = wsgi
    this.scheme = wsgi['wsgi.url_scheme']
    const host = hostOf(this.scheme, wsgi.HTTP_HOST || serverAuthority(wsgi))
    this.hasValidHost = host !== undefined
    this.host = host ?? 'localhost'
    this.protocol = wsgi.SERVER_PROTOCOL || 'HTTP/1.0'
    this.remoteAddress = typeof wsgi.REMOTE_ADDR === 'string' ? wsgi.REMOTE_ADDR : ''
    this.gateway = {
      name: 'wsgi',
      version: wsgi['wsgi.version'].join('.'),
      specVersion,
      multiprocess: Boolean(wsgi['wsgi.multiprocess']),
      // WSGI does not say when the server stops.
      stopping: neverStopping,
      native: wsgi,
    }
    this.waitUntil = (promise) => {
      const reported = Promise.resolve(promise).catch((error: unknown) => this.errors.write(error))
      const outer = wsgi['tsgi.wait_until']
      if (typeof outer === 'function') outer(reported)
    }
    const { pathname, ...target } = locate(wsgi)
    const query = target.queryString === '' ? '' : `?${target.queryString}`
    this.#url = `${this.scheme}://${this.host}${pathname}${query}`
    this.environ = createEnviron(this, { method: wsgi.REQUEST_METHOD, ...target })
  }

  get errors(): ErrorLog {
    const log: ErrorLog = { write: (problem, request) => report(this.#wsgi, problem, request) }
    return requestLog(log, this.environ)
  }

  get headers(): Headers {
    this.#headers ??= fieldsOf(this.#wsgi)
    return this.#headers
  }

  get request(): Request {
    if (this.#request === undefined) {
      const { method } = this.environ
      const { headers, signal } = this
      const body = method === 'GET' || method === 'HEAD' ? null : bodyOf(this.#wsgi)
      // Streamed bodies require `duplex`, which the types of `RequestInit` lack.
      this.#request = new Request(this.#url, { method, headers, body, signal, duplex: 'half' } as RequestInit)
    }
    return this.#request
  }

  get signal(): AbortSignal {
    const outer = this.#wsgi['tsgi.signal']
    this.#signal ??=
      outer instanceof AbortSignal
        ? AbortSignal.any([outer, this.#controller.signal])
        : this.#controller.signal
    return this.#signal
  }

  get finished(): Promise<Finished> {
    return this.completion.promise
  }

  /** Aborts the signal because the response was closed early. */
  abort(): void {
    this.#controller.abort(new DOMException('The response was closed before its end', 'AbortError'))
  }
}

/** Returns the authority of a request without a Host field (PEP 3333, "URL Reconstruction"). */
function serverAuthority(wsgi: WsgiEnviron): string {
  const usual = wsgi['wsgi.url_scheme'] === 'https' ? '443' : '80'
  return wsgi.SERVER_PORT === usual ? wsgi.SERVER_NAME : `${wsgi.SERVER_NAME}:${wsgi.SERVER_PORT}`
}

/** Normalizes a host with an optional port. Returns undefined if it is malformed. */
function hostOf(scheme: string, text: string): string | undefined {
  if (!/^[\w.:[\]-]+$/.test(text)) return undefined
  return URL.parse(`${scheme}://${text}/`)?.host
}

interface Location {
  readonly pathname: string
  readonly scriptName: string
  readonly pathInfo: string
  readonly queryString: string
}

/** Encodes path and query as in a URL. Resolves dot segments that `%2F..` has hidden from the server. */
function locate(wsgi: WsgiEnviron): Location {
  const script = trimTrailingSlashes(rooted(wsgi.SCRIPT_NAME))
  const path = rooted(wsgi.PATH_INFO)
  const { pathname } = new URL(`http://localhost${script}${path}`)
  const queryString = queryOf(wsgi)
  if (script === '' && path === '') {
    const pathInfo = wsgi.REQUEST_METHOD === 'OPTIONS' ? '' : '/'
    return { pathname: pathInfo, scriptName: '', pathInfo, queryString }
  }
  const isInside = pathname === script || pathname.startsWith(`${script}/`)
  const scriptName = isInside ? script : ''
  return { pathname, scriptName, pathInfo: pathname.slice(scriptName.length), queryString }
}

function queryOf({ QUERY_STRING: query = '' }: WsgiEnviron): string {
  return new URL(`http://localhost/?${query.replaceAll('#', '%23')}`).search.slice(1)
}

function rooted(path: string | undefined): string {
  const encoded = encodePath(path ?? '')
  return encoded === '' || encoded.startsWith('/') ? encoded : `/${encoded}`
}

function fieldsOf(wsgi: WsgiEnviron): Headers {
  const headers = new Headers()
  for (const [key, value] of Object.entries(wsgi)) {
    const name = key.startsWith('HTTP_') ? key.slice('HTTP_'.length).replaceAll('_', '-') : ''
    if (TOKEN.test(name) && typeof value === 'string') headers.append(name, value)
  }
  if (wsgi.CONTENT_TYPE) headers.set('content-type', wsgi.CONTENT_TYPE)
  if (/^\d+$/.test(wsgi.CONTENT_LENGTH ?? '')) headers.set('content-length', wsgi.CONTENT_LENGTH!)
  return headers
}

function bodyOf({ 'wsgi.input': input }: WsgiEnviron): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const block = await input.read(BLOCK_SIZE)
        if (block.byteLength > 0) controller.enqueue(block)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function report(
  { 'wsgi.errors': errors }: WsgiEnviron,
  problem: unknown,
  request: ReportedRequest | undefined,
): void {
  const line = request === undefined ? '' : `${requestLine(request)}: `
  errors.write(`${line}${problem instanceof Error ? described(problem) : String(problem)}\n`)
  errors.flush()
}

function described(error: Error): string {
  const own = error.stack ?? String(error)
  return error.cause instanceof Error ? `${own}\nCaused by: ${described(error.cause)}` : own
}
