import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { fields, origins, policyWith } from '../../works/headers-data.ts'

const body = 'Hello, World!'
const allowed = new Set(origins)

createServer((request, response) => {
  const { origin } = request.headers
  response.setHeader('vary', 'Origin')
  if (origin !== undefined && allowed.has(origin)) response.setHeader('access-control-allow-origin', origin)
  if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined) {
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, DELETE')
    response.writeHead(204).end()
    return
  }
  for (const [name, value] of fields) response.setHeader(name, value)
  response.setHeader('content-security-policy', policyWith(randomBytes(16).toString('base64')))
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.setHeader('content-length', body.length)
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
