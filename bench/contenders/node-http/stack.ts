import { createServer, type RequestListener } from 'node:http'
import { fields } from '../../works/stack-data.ts'

const body = 'Hello, World!'

const hello: RequestListener = (_request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.setHeader('content-length', body.length)
  response.end(body)
}

const listener = fields.reduceRight<RequestListener>(
  (next, [name, value]) =>
    (request, response) => {
      response.setHeader(name, value)
      next(request, response)
    },
  hello,
)

createServer(listener).listen(Number(process.env.PORT), '127.0.0.1')
