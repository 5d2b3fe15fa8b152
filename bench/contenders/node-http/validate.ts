import { createServer, type ServerResponse } from 'node:http'
import { Order } from '../../works/validate-data.ts'

createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    let json: unknown
    try {
      json = JSON.parse(Buffer.concat(chunks).toString())
    } catch {
      answer(response, 400, { error: 'not JSON' })
      return
    }
    const order = Order.safeParse(json)
    if (order.success) answer(response, 200, { reference: order.data.reference })
    else answer(response, 422, { errors: order.error.issues })
  })
}).listen(Number(process.env.PORT), '127.0.0.1')

function answer(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
