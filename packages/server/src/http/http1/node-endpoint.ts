import type { CreateHttp1Endpoint } from '../http1-endpoint.ts'
import { createHttp1Server } from './http1-server.ts'
import { watchConnections } from './watch-connections.ts'

/** HTTP/1.1 on `node:http`. */
export const createNodeEndpoint: CreateHttp1Endpoint = (app, settings, limits) => {
  const server = createHttp1Server(app, settings, limits)
  return {
    server,
    closeIdle: () => server.closeIdleConnections(),
    watch: (connections) => watchConnections(connections, limits),
  }
}
