/** `bun bun.ts`: https://bun.com/docs/runtime/http/server */
import { toFetch } from '@tsgi/core'
import { bunWebSocket } from '@tsgi/websocket/bun'
import { application } from './app.ts'

interface BunServer {
  requestIP(request: Request): { readonly address: string } | null
}

export default {
  hostname: '127.0.0.1',
  // Seconds. By default, Bun cuts off a response after 10 seconds without a byte.
  idleTimeout: 60,
  websocket: bunWebSocket,
  fetch: toFetch(application, {
    // There is one process, so sessions can be kept in its memory.
    multiprocess: false,
    remoteAddress: (request, server) => (server as BunServer).requestIP(request)?.address ?? '',
  }),
}
