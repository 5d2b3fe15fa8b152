/** `deno serve deno.ts`: https://docs.deno.com/runtime/fundamentals/http_server/ */
import { toFetch } from '@tsgi/core'
import { application } from './app.ts'

interface ServeInfo {
  readonly remoteAddr: { readonly hostname: string }
}

export default {
  fetch: toFetch(application, {
    // There is one process, so sessions can be kept in its memory.
    multiprocess: false,
    remoteAddress: (_, info) => (info as ServeInfo).remoteAddr.hostname,
  }),
}
