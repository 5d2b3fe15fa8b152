import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import cors from '@koa/cors'
import Koa from 'koa'
import helmet from 'koa-helmet'
import { origins } from '../../works/headers-data.ts'

const app = new Koa()
const allowed = new Set(origins)
const nonce = (_request: unknown, response: ServerResponse) =>
  `'nonce-${(response as ServerResponse & { nonce: string }).nonce}'`

app.use(cors({ origin: (ctx) => (allowed.has(ctx.get('origin')) ? ctx.get('origin') : '') }))
app.use((ctx, next) => {
  Object.assign(ctx.res, { nonce: randomBytes(16).toString('base64') })
  return next()
})
app.use(
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", nonce],
        styleSrc: ["'self'", nonce],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'self'"],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    originAgentCluster: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    strictTransportSecurity: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }),
)

app.use((ctx) => {
  ctx.body = 'Hello, World!'
})

app.listen(Number(process.env.PORT), '127.0.0.1')
