import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from '@tsgi/core'
import { afterAll, describe, expect, it } from 'vitest'
import { accepts, freePort } from '../../../../scripts/ports.ts'
import { requireProgram } from '../../../../scripts/programs.ts'
import { TestCertificate } from '../../test/certificate.ts'
import { Http2Client } from '../../test/http2-client.ts'
import { RawClient } from '../../test/raw-client.ts'
import { start } from '../../test/start.ts'
import type { ServeOptions } from '../index.ts'

const haproxy = requireProgram('haproxy')

const folder = mkdtempSync(join(tmpdir(), 'tsgi-haproxy-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A server that responds with the client address, scheme and host of the request. */
function backend(options: ServeOptions) {
  return start(({ remoteAddress, scheme, host }) => json([remoteAddress, scheme, host]), options)
}

describe.runIf(haproxy)('behind HAProxy', () => {
  it.each(['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options unique-id,crc32c'])(
    'takes the client address from %s',
    async (how) => {
      await using server = await backend({ proxyProtocol: ['127.0.0.1'] })
      const port = await freePort()
      await using _ = await startHaproxy(
        port,
        `listen front
           mode http
           bind 127.0.0.1:${port}
           unique-id-format %{+X}o\\ %ci:%cp
           server app 127.0.0.1:${server.port} ${how} check inter 100ms`,
      )
      // Send two requests per connection: the header comes only once on a connection that HAProxy reuses.
      for (const address of ['127.0.0.5', '127.0.0.6']) {
        using client = new RawClient(port, address)
        for (let requests = 0; requests < 2; requests++) {
          const { status, body } = await client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n').response()
          expect([status, JSON.parse(body)]).toEqual([200, [address, 'http', 'site.test']])
        }
      }
    },
  )

  it.each(['send-proxy', 'send-proxy-v2'])('accepts %s before TLS', async (how) => {
    await using certificate = await TestCertificate.make()
    await using server = await backend({
      listen: 'https://127.0.0.1:0',
      tls: certificate.files,
      proxyProtocol: ['127.0.0.1'],
    })
    const port = await freePort()
    await using _ = await startHaproxy(
      port,
      `listen front
         mode tcp
         bind 127.0.0.1:${port}
         server app 127.0.0.1:${server.port} ${how}`,
    )
    using client = new Http2Client(`https://127.0.0.1:${port}`, certificate.ca, '127.0.0.7')
    const { body } = await client.request({})
    expect(JSON.parse(String(body))).toEqual(['127.0.0.7', 'https', `127.0.0.1:${port}`])
    client.session.close()
  })

  it.each(['x-forwarded', 'forwarded'] as const)('trusts the fields %s', async (proxyHeaders) => {
    await using server = await backend({ trustProxy: ['127.0.0.1'], proxyHeaders })
    const port = await freePort()
    await using _ = await startHaproxy(
      port,
      `listen front
         mode http
         bind 127.0.0.1:${port}
         option forwardfor
         http-request set-header X-Forwarded-Proto https
         http-request set-header Forwarded 'for="%[src]";proto=https;host="%[req.hdr(host)]"'
         server app 127.0.0.1:${server.port}`,
    )
    using client = new RawClient(port, '127.0.0.8')
    const { body } = await client
      .send('GET / HTTP/1.1\r\nHost: site.test:443\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for="\r\n\r\n')
      .response()
    expect(JSON.parse(body)).toEqual(['127.0.0.8', 'https', 'site.test'])
  })
})

async function startHaproxy(port: number, proxies: string): Promise<AsyncDisposable> {
  const file = join(folder, `${port}.cfg`)
  const lines = proxies.split('\n').map((line) => line.trim())
  writeFileSync(
    file,
    `defaults
  timeout connect 5s
  timeout client 5s
  timeout server 5s
${lines.join('\n')}
`,
  )
  const child = spawn(haproxy!, ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(output)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return { [Symbol.asyncDispose]: () => end(child, exited) }
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill()
  await exited
}
