import { createServer } from 'node:http'
import { createRouter } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { Order } from '../../works/validate-data.ts'

const router = createRouter()

router.post('/orders', async ({ request }) => {
  let json: unknown
  try {
    json = await request.json()
  } catch {
    return Response.json({ error: 'not JSON' }, { status: 400 })
  }
  const order = Order.safeParse(json)
  if (!order.success) return Response.json({ errors: order.error.issues }, { status: 422 })
  return Response.json({ reference: order.data.reference })
})

createServer(createRequestListener((request) => router.fetch(request))).listen(
  Number(process.env.PORT),
  '127.0.0.1',
)
