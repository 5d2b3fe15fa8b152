import { text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../packages/server/test/certificate.ts'
import { Http2Client } from '../../packages/server/test/http2-client.ts'
import { start as startServer } from '../../packages/server/test/start.ts'
import { bodyOf, start as startUwsgi, statusOf } from '../../packages/uwsgi/test/start.ts'
import { hosts } from './hosts.ts'
import { targets } from './targets.ts'

/** A gateway that is told the host and the target of a request apart, and responds with what the application sees of them. */
interface Gateway {
  /** Resolves to `host/path?query`, or to the status if it is not 200. */
  ask(host: string, target: string): Promise<string | number>
  close(): Promise<void>
}

const gateways: Readonly<Record<string, () => Promise<Gateway>>> = {
  async 'HTTP/2'() {
    const certificate = await TestCertificate.make()
    const server = await startServer(
      ({ host, pathInfo, queryString }) => text(`${host}${pathInfo}?${queryString}`),
      { listen: 'https://127.0.0.1:0', tls: certificate.files },
    )
    const client = new Http2Client(server.url, certificate.ca)
    return {
      async ask(host, target) {
        try {
          const { status, body } = await client.request({ ':authority': host, ':path': target })
          return status === 200 ? body.toString() : status
        } catch {
          // RFC 9113 §8.1.1: a malformed request can also be a stream error.
          return 400
        }
      },
      async close() {
        client.session.close()
        await server[Symbol.asyncDispose]()
        await certificate[Symbol.asyncDispose]()
      },
    }
  },
  async uwsgi() {
    const server = await startUwsgi(({ host, pathInfo, queryString }) =>
      text(`${host}${pathInfo}?${queryString}`),
    )
    return {
      async ask(host, target) {
        const response = await server.exchange({ HTTP_HOST: host, REQUEST_URI: target })
        return statusOf(response) === 200 ? bodyOf(response) : statusOf(response)
      },
      close: server.close,
    }
  },
}

describe.each(Object.entries(gateways))('%s', (_, start) => {
  let gateway: Gateway
  beforeAll(async () => {
    gateway = await start()
  })
  afterAll(() => gateway.close())

  it.each(hosts)('host: %s (%j)', async (_, value, host) => {
    expect(await gateway.ask(value, '/a')).toBe(host === undefined ? 400 : `${host}/a?`)
  })

  it.each(targets)('target: %s (%j)', async (_, value, seen) => {
    expect(await gateway.ask('a', value)).toBe(seen === undefined ? 400 : `a${seen}`)
  })
})
