import type { Environ, ErrorLog, Finished, Gateway } from './environ.ts'
import { Completion, consoleErrors, createEnviron, type Exchange } from './gateway.ts'
import { observe } from './observe.ts'

/** What a fetch handler's surroundings say of a request beyond the request itself. */
export interface Surroundings {
  readonly gateway: Gateway
  readonly remoteAddress?: string | undefined
  readonly errors?: ErrorLog | undefined
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
}

/** One request that came as a WHATWG `Request`, and the environ over it. */
export class FetchExchange implements Exchange {
  readonly request: Request
  readonly scheme: 'http' | 'https'
  readonly host: string
  readonly protocol = 'HTTP/1.1'
  readonly remoteAddress: string
  readonly errors: ErrorLog
  readonly gateway: Gateway
  readonly waitUntil: Environ['waitUntil']
  readonly completion: Completion = new Completion()
  readonly environ: Environ

  constructor(request: Request, { gateway, remoteAddress, errors, waitUntil }: Surroundings) {
    const url = new URL(request.url)
    this.request = request
    this.scheme = url.protocol === 'https:' ? 'https' : 'http'
    this.host = url.host
    this.remoteAddress = remoteAddress ?? ''
    this.errors = errors ?? consoleErrors
    this.gateway = gateway
    this.waitUntil = (promise) => {
      const reported = Promise.resolve(promise).catch((error: unknown) => this.errors.write(error))
      waitUntil?.(reported)
    }
    this.environ = createEnviron(this, {
      method: request.method,
      pathInfo: url.pathname,
      queryString: url.search.slice(1),
    })
  }

  get headers(): Headers {
    return this.request.headers
  }

  get signal(): AbortSignal {
    return this.request.signal
  }

  get finished(): Promise<Finished> {
    return this.completion.promise
  }

  /** The response as it is to be sent: no body to `HEAD`, and watched to its end where someone waits for it. */
  finish(response: Response): Response {
    if (this.request.method === 'HEAD' && response.body !== null) {
      void response.body.cancel()
      this.completion.settle({ bytes: 0, aborted: false })
      return new Response(null, response)
    }
    if (!this.completion.wanted) return response
    if (response.body === null) {
      this.completion.settle({ bytes: 0, aborted: false })
      return response
    }
    const { completion } = this
    let bytes = 0
    const body = observe(response.body, {
      chunk: ({ byteLength }) => {
        bytes += byteLength
      },
      end: () => completion.settle({ bytes, aborted: false }),
      cut: (error) => completion.settle({ bytes, aborted: true, error }),
    })
    return new Response(body, response)
  }
}
