/** `bun bun.ts`: https://bun.com/docs/runtime/http/server */
import { toFetch } from '@tsgi/core'
import { application } from './app.ts'

interface BunServer {
  requestIP(request: Request): { readonly address: string } | null
}

export default {
  hostname: '127.0.0.1',
  // Seconds; by default, 10 without a byte end a response that is still being made.
  idleTimeout: 60,
  fetch: toFetch(application, {
    // One process serves: sessions may be kept in its memory.
    multiprocess: false,
    remoteAddress: (request, server) => (server as BunServer).requestIP(request)?.address ?? '',
  }),
}
