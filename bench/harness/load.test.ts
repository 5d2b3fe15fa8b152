import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { load, requestText, wrkScript } from './load.ts'

it('serializes a request with its length and host', () => {
  expect(
    requestText(80, { method: 'POST', path: '/a', headers: { 'content-type': 'text/plain' }, body: 'é' }),
  ).toBe('POST /a HTTP/1.1\r\nhost: 127.0.0.1:80\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\né')
})

it('escapes every byte for wrk', () => {
  const [, first] = wrkScript(80, [{ path: '/"\\' }]).split('\n')
  expect(first).toBe('  "GET /\\034\\092 HTTP/1.1\\013\\010host: 127.0.0.1:80\\013\\010\\013\\010",')
})

it('sends the requests in turn with their bodies and counts rejected ones', async () => {
  const seen = new Map<string, number>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const line = `${request.method} ${request.url} ${body}`
    seen.set(line, (seen.get(line) ?? 0) + 1)
    response.statusCode = request.url === '/refused' ? 422 : 200
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const requests = [{ path: '/' }, { method: 'POST', path: '/refused', body: '{"a":"ü"}' }]
    const result = await load({ port, requests, seconds: 0.3, connections: 4 })
    expect([...seen.keys()].toSorted()).toEqual(['GET / ', 'POST /refused {"a":"ü"}'])
    expect(result.requests).toBeGreaterThan(0)
    expect(result.requestsPerSecond).toBeGreaterThan(0)
    // Each connection starts with a different request, so some are one request ahead at the end.
    expect(Math.abs(result.errors - result.requests / 2)).toBeLessThanOrEqual(8)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
