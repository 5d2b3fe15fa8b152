import type { Environ, ErrorLog, Finished, Gateway } from '@tsgi/core'
import { Completion, createEnviron, type Exchange } from '@tsgi/core/gateway'
import { encodePath } from './bytes.ts'
import type { WsgiEnviron } from './contract.ts'

const BLOCK = 64 * 1024

/** One request that came as a WSGI environ, and the environ over it. */
export class WsgiExchange implements Exchange {
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly protocol: string
  readonly remoteAddress: string
  readonly errors: ErrorLog
  readonly gateway: Gateway
  readonly waitUntil: Environ['waitUntil']
  readonly completion: Completion = new Completion()
  readonly environ: Environ
  readonly #wsgi: WsgiEnviron
  readonly #url: string
  #headers: Headers | undefined
  #request: Request | undefined
  readonly #left = new AbortController()
  #signal: AbortSignal | undefined

  constructor(wsgi: WsgiEnviron) {
    this.#wsgi = wsgi
    this.scheme = wsgi['wsgi.url_scheme']
    this.host = wsgi.HTTP_HOST || serverAuthority(wsgi)
    this.protocol = wsgi.SERVER_PROTOCOL
    this.remoteAddress = typeof wsgi.REMOTE_ADDR === 'string' ? wsgi.REMOTE_ADDR : ''
    this.errors = { write: (problem) => report(wsgi, problem) }
    this.gateway = {
      name: 'wsgi',
      version: wsgi['wsgi.version'].join('.'),
      multiprocess: Boolean(wsgi['wsgi.multiprocess']),
      native: wsgi,
    }
    this.waitUntil = (promise) => {
      const reported = Promise.resolve(promise).catch((error: unknown) => this.errors.write(error))
      const outer = wsgi['tsgi.wait_until']
      if (typeof outer === 'function') outer(reported)
    }
    const { pathname, ...target } = locate(wsgi)
    this.#url = `${this.scheme}://${this.host}${pathname}${wsgi.QUERY_STRING ? `?${wsgi.QUERY_STRING}` : ''}`
    this.environ = createEnviron(this, { method: wsgi.REQUEST_METHOD, ...target })
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
      // A stream as a body needs half-duplex, which the types of `RequestInit` do not know.
      this.#request = new Request(this.#url, { method, headers, body, signal, duplex: 'half' } as RequestInit)
    }
    return this.#request
  }

  get signal(): AbortSignal {
    const outer = this.#wsgi['tsgi.signal']
    this.#signal ??=
      outer instanceof AbortSignal ? AbortSignal.any([outer, this.#left.signal]) : this.#left.signal
    return this.#signal
  }

  get finished(): Promise<Finished> {
    return this.completion.promise
  }

  /** Says that nobody wants the rest of the response. */
  leave(): void {
    this.#left.abort(new DOMException('The response was closed before its end', 'AbortError'))
  }
}

/** The default of a host that the request does not name (PEP 3333, "URL Reconstruction"). */
function serverAuthority(wsgi: WsgiEnviron): string {
  const usual = wsgi['wsgi.url_scheme'] === 'https' ? '443' : '80'
  return wsgi.SERVER_PORT === usual ? wsgi.SERVER_NAME : `${wsgi.SERVER_NAME}:${wsgi.SERVER_PORT}`
}

/** The path as a URL has it: what was `%2e%2e` or `%2F..` once is resolved, so that it leads nowhere unseen. */
function locate(wsgi: WsgiEnviron): {
  pathname: string
  scriptName: string
  pathInfo: string
  queryString: string
} {
  const queryString = wsgi.QUERY_STRING ?? ''
  const script = rooted(wsgi.SCRIPT_NAME).replace(/\/+$/, '')
  const path = rooted(wsgi.PATH_INFO)
  if (script === '' && path === '') {
    return {
      pathname: '',
      scriptName: '',
      pathInfo: wsgi.REQUEST_METHOD === 'OPTIONS' ? '' : '/',
      queryString,
    }
  }
  const { pathname } = new URL(`http://localhost${script}${path}`)
  const isInside = pathname === script || pathname.startsWith(`${script}/`)
  const scriptName = isInside ? script : ''
  return { pathname, scriptName, pathInfo: pathname.slice(scriptName.length), queryString }
}

function rooted(path: string | undefined): string {
  const encoded = encodePath(path ?? '')
  return encoded === '' || encoded.startsWith('/') ? encoded : `/${encoded}`
}

function fieldsOf(wsgi: WsgiEnviron): Headers {
  const headers = new Headers()
  for (const [key, value] of Object.entries(wsgi)) {
    if (key.startsWith('HTTP_') && typeof value === 'string') {
      headers.append(key.slice('HTTP_'.length).replaceAll('_', '-'), value)
    }
  }
  if (wsgi.CONTENT_TYPE) headers.set('content-type', wsgi.CONTENT_TYPE)
  if (wsgi.CONTENT_LENGTH) headers.set('content-length', wsgi.CONTENT_LENGTH)
  return headers
}

function bodyOf({ 'wsgi.input': input }: WsgiEnviron): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const block = await input.read(BLOCK)
        if (block.byteLength > 0) controller.enqueue(block)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

function report({ 'wsgi.errors': errors }: WsgiEnviron, problem: unknown): void {
  errors.write(`${problem instanceof Error ? described(problem) : String(problem)}\n`)
  errors.flush()
}

function described(error: Error): string {
  const own = error.stack ?? String(error)
  return error.cause instanceof Error ? `${own}\nCaused by: ${described(error.cause)}` : own
}
