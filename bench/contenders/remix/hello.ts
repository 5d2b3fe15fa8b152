import { createServer } from 'node:http'
import { createRouter } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'

const router = createRouter()

router.get('/', () => new Response('Hello, World!'))

createServer(createRequestListener((request) => router.fetch(request))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
