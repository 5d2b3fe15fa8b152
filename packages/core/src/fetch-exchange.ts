import type { Environ, ErrorLog, Finished, Gateway } from './environ.ts'
import { Completion, consoleErrors, createEnviron, type Exchange } from './gateway.ts'

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
    return new Response(watched(response.body, this.completion), response)
  }
}

function watched(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  completion: Completion,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let bytes = 0
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            completion.settle({ bytes, aborted: false })
          } else {
            bytes += value.byteLength
            controller.enqueue(value)
          }
        } catch (error) {
          completion.settle({ bytes, aborted: true, error })
          throw error
        }
      },
      cancel(reason) {
        completion.settle({ bytes, aborted: true, error: reason })
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}
