import { createServer } from 'node:http'
import { routes } from '../../works/params-data.ts'

// The shape of the table is known here, so two lookups are enough.
const resources = new Set(routes.map(({ resource }) => resource))
const path = /^\/api\/v1\/([a-z]+)(?:\/(?:search|([^/]+)(?:\/history|\/comments\/([^/]+))?))?$/

createServer((request, response) => {
  const [, resource = '', id, comment] = path.exec(request.url ?? '') ?? []
  if (!resources.has(resource)) {
    response.writeHead(404)
    response.end()
    return
  }
  const body = JSON.stringify({
    resource,
    ...(id !== undefined && { id: decodeURIComponent(id) }),
    ...(comment !== undefined && { comment: decodeURIComponent(comment) }),
  })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')
