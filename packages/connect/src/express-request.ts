import { parse } from 'node:querystring'
import type { Environ } from '@tsgi/core'
import { expressApp } from './express-app.ts'
import { NodeRequest } from './request.ts'

// On the prototype, which Express replaces with its own.
const computed = {
  app: () => expressApp,
  ip: (_, { remoteAddress }) => remoteAddress || undefined,
  // The gateway has already resolved the proxies.
  ips: () => [],
  protocol: (_, { scheme }) => scheme,
  secure: (_, { scheme }) => scheme === 'https',
  host: (_, { host }) => host,
  hostname: (_, { host }) => host.replace(/:\d*$/, ''),
  path: ({ url }) => splitUrl(url)[0],
  query: ({ url }) => parse(splitUrl(url)[1]),
  xhr: ({ headers }) => String(headers['x-requested-with']).toLowerCase() === 'xmlhttprequest',
} satisfies Record<string, (request: ExpressRequest, environ: Environ) => unknown>

/** Node's request with the members of Express that middleware reads. */
export class ExpressRequest extends NodeRequest {
  readonly params: Readonly<Record<string, string>> = {}
  readonly #environ: Environ

  static {
    for (const [name, compute] of Object.entries(computed)) {
      Object.defineProperty(ExpressRequest.prototype, name, {
        configurable: true,
        get(this: ExpressRequest) {
          return compute(this, this.#environ)
        },
        // Middleware can replace the value.
        set(this: ExpressRequest, value: unknown) {
          Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true })
        },
      })
    }
  }

  constructor(environ: Environ) {
    super(environ)
    this.#environ = environ
  }

  get(name: string): string | readonly string[] | undefined {
    const key = name.toLowerCase()
    return this.headers[key === 'referrer' ? 'referer' : key]
  }

  header(name: string): string | readonly string[] | undefined {
    return this.get(name)
  }
}

function splitUrl(url = ''): [path: string, query: string] {
  const at = url.indexOf('?')
  return at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}
