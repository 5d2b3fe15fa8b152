/** The API: a table of paths. */
// #if openapi
import { openapi } from '@tsgi/args'
import { json } from '@tsgi/core'
// #endif
import { router } from '@tsgi/router'
import { prices } from './prices.ts'
import { web } from './web.ts'

const routes = {
  '/prices': prices,
}

// #if openapi
const description = openapi(router(routes), { title: 'my-app', version: '0.0.0' })

// #endif
export const application = router(web, {
  ...routes,
  // #if openapi
  '/openapi.json': { GET: () => json(description) },
  // #endif
})
