import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { cors } from '@remix-run/cors-middleware'
import { createRouter, type Middleware } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { fields, origins, policyWith } from '../../works/headers-data.ts'

const secureHeaders: Middleware = async (_context, next) => {
  const response = await next()
  for (const [name, value] of fields) response.headers.set(name, value)
  response.headers.set('content-security-policy', policyWith(randomBytes(16).toString('base64')))
  return response
}

const router = createRouter({ middleware: [cors({ origin: origins }), secureHeaders] })

router.get('/', () => new Response('Hello, World!'))

createServer(createRequestListener((request) => router.fetch(request))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
