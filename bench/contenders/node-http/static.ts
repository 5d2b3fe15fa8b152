import { createServer } from 'node:http'
import sirv from 'sirv'
import { root } from '../../works/static-data.ts'

const files = sirv(root, { etag: true })

createServer((request, response) => {
  files(request, response, () => {
    response.end('none')
  })
}).listen(Number(process.env.PORT), '127.0.0.1')
