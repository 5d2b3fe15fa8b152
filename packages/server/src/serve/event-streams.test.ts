import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sse } from '@tsgi/core'
import { encodePacket } from '@tsgi/uwsgi'
import { expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { Http2Client, read } from '../../test/http2-client.ts'
import { start, until } from '../../test/start.ts'

/** An application whose event stream says when its generator has ended. */
function ticking() {
  const steps: string[] = []
  async function* ticks(signal: AbortSignal) {
    try {
      yield 'first'
      await sleep(60_000, undefined, { signal })
    } finally {
      steps.push('finally')
    }
  }
  return { steps, app: ({ signal }: { signal: AbortSignal }) => sse(ticks(signal)) }
}

it('end cleanly over HTTP/2 when the server stops', async () => {
  await using certificate = await TestCertificate.make()
  const { steps, app } = ticking()
  const { server, url, errors } = await start(app, { listen: 'https://127.0.0.1:0', tls: certificate.files })
  using client = new Http2Client(url, certificate.ca)
  const stream = client.open({ ':path': '/' }).end()
  const response = read(stream)
  await once(stream, 'response')
  await server.close()
  expect((await response).body.toString()).toBe('data: first\n\n')
  expect(steps).toEqual(['finally'])
  expect(errors).toEqual([])
})

it('end cleanly over uwsgi when the server stops', async () => {
  const { steps, app } = ticking()
  const { server, errors } = await start(app, { listen: 'uwsgi://127.0.0.1:0' })
  const { port } = new URL(server.addresses[0]!.replace('uwsgi:', 'http:'))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(encodePacket(['REQUEST_METHOD', 'GET', 'REQUEST_URI', '/', 'HTTP_HOST', 'a']))
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  await until(() => received.includes('first'))
  await server.close()
  expect(received).toMatch(/\r\n\r\ndata: first\n\n$/)
  expect(steps).toEqual(['finally'])
  expect(errors).toEqual([])
})
