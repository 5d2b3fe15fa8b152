/** `workerd serve wrangler.jsonc`, or `wrangler deploy`: https://developers.cloudflare.com/workers/ */
import { toFetch } from '@tsgi/core'
import { application } from './app.ts'

export default {
  fetch: toFetch(application, {
    remoteAddress: ({ headers }) => headers.get('cf-connecting-ip') ?? '',
  }),
}
