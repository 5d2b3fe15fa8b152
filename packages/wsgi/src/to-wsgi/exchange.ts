import type { Environ, ErrorLog, Gateway, ReportedRequest } from '@tsgi/core'
import {
  BaseExchange,
  createEnviron,
  type ExchangeSettings,
  encodePathBytes,
  normalizeAuthority,
  requestLine,
  requestLog,
  specVersion,
  trimTrailingSlashes,
} from '@tsgi/core/gateway'
import { TOKEN } from '../contract/fields.ts'
import type { WsgiEnviron } from '../contract/types.ts'

/** The number of bytes read from `wsgi.input` at once. */
const BLOCK_SIZE = 64 * 1024

/** A request that arrives as a WSGI environ. */
export class WsgiExchange extends BaseExchange {
  readonly settings: ExchangeSettings
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly hasValidHost: boolean
  readonly protocol: string
  readonly remoteAddress: string
  readonly gateway: Gateway
  readonly environ: Environ
  readonly #wsgi: WsgiEnviron
  #signal: AbortSignal | undefined

  constructor(wsgi: WsgiEnviron, settings: ExchangeSettings) {
    super()
    this.#wsgi = wsgi
    this.settings = settings
    this.scheme = wsgi['wsgi.url_scheme']
    const host = normalizeAuthority(this.scheme, wsgi.HTTP_HOST || serverAuthority(wsgi))
    this.hasValidHost = host !== undefined
    this.host = host ?? 'localhost'
    this.protocol = wsgi.SERVER_PROTOCOL || 'HTTP/1.0'
    this.remoteAddress = typeof wsgi.REMOTE_ADDR === 'string' ? wsgi.REMOTE_ADDR : ''
    this.gateway = {
      name: 'wsgi',
      version: wsgi['wsgi.version'].join('.'),
      specVersion,
      multiprocess: Boolean(wsgi['wsgi.multiprocess']),
      // Never aborts: WSGI does not say when the server stops.
      stopping: settings.stopping.signal,
      native: wsgi,
    }
    this.environ = createEnviron(this, { method: wsgi.REQUEST_METHOD, ...locate(wsgi) })
  }

  override get errors(): ErrorLog {
    const log: ErrorLog = { write: (problem, request) => report(this.#wsgi, problem, request) }
    return requestLog(log, this.environ)
  }

  override keep(task: Promise<unknown>): void {
    const outer = this.#wsgi['tsgi.wait_until']
    if (typeof outer === 'function') outer(task)
  }

  override get signal(): AbortSignal {
    const outer = this.#wsgi['tsgi.signal']
    this.#signal ??= outer instanceof AbortSignal ? AbortSignal.any([outer, super.signal]) : super.signal
    return this.#signal
  }

  protected makeHeaders(): Headers {
    return fieldsOf(this.#wsgi)
  }

  protected openBody(): ReadableStream<Uint8Array> {
    return bodyOf(this.#wsgi)
  }
}

/** Returns the authority of a request without a Host field (PEP 3333, "URL Reconstruction"). */
function serverAuthority(wsgi: WsgiEnviron): string {
  return `${wsgi.SERVER_NAME}:${wsgi.SERVER_PORT}`
}

interface Location {
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
    return { scriptName: '', pathInfo, queryString }
  }
  const isInside = pathname === script || pathname.startsWith(`${script}/`)
  const scriptName = isInside ? script : ''
  return { scriptName, pathInfo: pathname.slice(scriptName.length), queryString }
}

function queryOf({ QUERY_STRING: query = '' }: WsgiEnviron): string {
  return new URL(`http://localhost/?${query.replaceAll('#', '%23')}`).search.slice(1)
}

function rooted(path: string | undefined): string {
  const encoded = encodePathBytes(path ?? '')
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
