import { createServer } from 'node:net'
import { Http1Gateway } from '@tsgi/http1'
import type { CreateHttp1Endpoint } from '../http1-endpoint.ts'
import { originResolver } from './origin.ts'

/** HTTP/1.1 by `@tsgi/http1`, on the sockets of `node:net` and `node:tls`. */
export const createTsgiEndpoint: CreateHttp1Endpoint = (app, settings, limits) => {
  const gateway = new Http1Gateway(app, {
    ...settings,
    limits: { ...settings.limits, ...limits },
    origin: originResolver(settings),
  })
  return {
    // A client that has closed its side still gets the responses that it waits for.
    server: createServer({ allowHalfOpen: true, noDelay: true }, gateway.accept),
    closeIdle: () => gateway.closeIdle(),
    // The gateway has its own timeouts.
    watch: () => () => {},
  }
}
