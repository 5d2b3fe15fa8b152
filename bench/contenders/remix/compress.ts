import { createServer } from 'node:http'
import { compression } from '@remix-run/compression-middleware'
import { createRouter } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { orders } from '../../works/compress-data.ts'

const router = createRouter({ middleware: [compression()] })

router.get('/', () => Response.json(orders))

createServer(createRequestListener((request) => router.fetch(request))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
