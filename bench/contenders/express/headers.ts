import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import cors from 'cors'
import express, { type Response } from 'express'
import helmet from 'helmet'
import { origins } from '../../works/headers-data.ts'

const app = express()
const nonce = (_request: unknown, response: ServerResponse) =>
  `'nonce-${(response as Response).locals.nonce}'`

app.use(cors({ origin: origins }))
app.use((_request, response, next) => {
  response.locals.nonce = randomBytes(16).toString('base64')
  next()
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

app.get('/', (_request, response) => {
  response.type('text').send('Hello, World!')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
