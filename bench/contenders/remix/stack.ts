import { createServer } from 'node:http'
import { createRouter, type Middleware } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { fields } from '../../works/stack-data.ts'

const router = createRouter({
  middleware: fields.map(
    ([name, value]): Middleware =>
      async (_context, next) => {
        const response = await next()
        response.headers.set(name, value)
        return response
      },
  ),
})

router.get('/', () => new Response('Hello, World!'))

createServer(createRequestListener((request) => router.fetch(request))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
