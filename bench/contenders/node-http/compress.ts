import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { orders } from '../../works/compress-data.ts'

createServer((_request, response) => {
  const body = gzipSync(JSON.stringify(orders))
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    vary: 'Accept-Encoding',
    'content-length': body.byteLength,
  })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
