import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { connect } from 'node:net'
import { cases, type Site } from './site.ts'

/** A client that keeps what it receives. */
class Client {
  readonly socket: WebSocket
  readonly closed: Promise<CloseEvent>
  readonly #received: unknown[] = []
  #wake: (() => void) | undefined

  constructor(site: Site, path: string, protocols: string[] = []) {
    this.socket = new WebSocket(site.url(path).replace('http', 'ws'), protocols)
    this.socket.binaryType = 'arraybuffer'
    this.socket.addEventListener('message', ({ data }) => {
      this.#received.push(data)
      this.#wake?.()
    })
    this.closed = new Promise((resolve) => this.socket.addEventListener('close', resolve))
  }

  opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.socket.addEventListener('open', () => resolve(this))
      this.socket.addEventListener('error', () => reject(new Error('the handshake was rejected')))
    })
  }

  async next(): Promise<unknown> {
    while (this.#received.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#received.shift()
  }
}

/** Sends a handshake and returns the head of the response, or all of it if the connection is not upgraded. */
async function handshake(site: Site, path: string, fields = ''): Promise<string> {
  const [host, port] = site.host.split(':')
  const socket = connect(Number(port), host)
  socket.write(
    `GET ${site.prefix}${path} HTTP/1.1\r\nHost: ${site.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${fields}\r\n`,
  )
  let text = ''
  for await (const chunk of socket) {
    text += chunk
    const body = text.indexOf('\r\n\r\n') + 4
    if (body > 3 && (text.startsWith('HTTP/1.1 101') || text.length > body)) break
  }
  socket.destroy()
  return text
}

export const websockets = cases('WebSockets', {
  'a WebSocket echoes text and bytes in order': async (site) => {
    const client = await new Client(site, '/websocket').opened()
    client.socket.send('grüße 🎉')
    client.socket.send(Uint8Array.of(0, 255))
    client.socket.send('')
    equal(await client.next(), 'grüße 🎉')
    deepEqual(new Uint8Array((await client.next()) as ArrayBuffer), Uint8Array.of(0, 255))
    equal(await client.next(), '')
    client.socket.close(4001, 'enough')
    equal((await client.closed).code, 4001)
  },
  'cookies and fields that middleware adds are on the 101': async (site) => {
    const head = await handshake(site, '/websocket')
    match(head, /^HTTP\/1.1 101 /)
    match(head, /^set-cookie: visited=1/im)
    match(head, /^set-cookie: again=1/im)
    match(head, /^x-path: /im)
    ok(!/sec-websocket-protocol/i.test(head), head)
  },
  'a subprotocol is chosen by the application': async (site) => {
    const client = await new Client(site, '/websocket', ['v1', 'v2']).opened()
    equal(client.socket.protocol, 'v2')
    client.socket.close()
  },
  'no subprotocol is chosen if the application speaks none of them': async (site) => {
    const head = await handshake(site, '/websocket', 'Sec-WebSocket-Protocol: v1, v3\r\n')
    match(head, /^HTTP\/1.1 101 /)
    ok(!/sec-websocket-protocol/i.test(head), head)
  },
  'a message of a WebSocket reaches the others in its channel': async (site) => {
    const path = `/websocket/room/${site.prefix.slice(1)}-${Math.random()}`
    const [one, other] = [await new Client(site, path).opened(), await new Client(site, path).opened()]
    deepEqual([await one.next(), await other.next()], ['ready', 'ready'])
    one.socket.send('Hello')
    deepEqual([await one.next(), await other.next()], ['Hello', 'Hello'])
    for (const { socket } of [one, other]) socket.close()
  },
  'a WebSocket that a middleware rejects gets its response': async (site) => {
    const response = await handshake(site, '/websocket/rejected')
    match(response, /^HTTP\/1.1 401 /)
    match(response, /^x-path: /im)
    match(response, /Sign in first/)
  },
  'a WebSocket from a page of another origin is rejected': async (site) => {
    match(await handshake(site, '/websocket', 'Origin: https://evil.example\r\n'), /^HTTP\/1.1 403 /)
  },
  'a request that is not the handshake of a WebSocket gets a 426': async (site) => {
    equal((await site.fetch('/websocket')).status, 426)
  },
  'a WebSocket is closed with 1000 when its handler returns, and with 1011 if it throws': async (site) => {
    for (const [how, code] of [
      ['return', 1000],
      ['throw', 1011],
    ] as const) {
      const client = await new Client(site, '/websocket').opened()
      client.socket.send(how)
      equal((await client.closed).code, code)
    }
  },
  'a WebSocket is closed with 1009 if a message is too large': async (site) => {
    const client = await new Client(site, '/websocket').opened()
    client.socket.send('x'.repeat(20_000))
    equal((await client.closed).code, 1009)
  },
  'no message is lost that the application sends in a loop': async (site) => {
    const client = await new Client(site, '/websocket').opened()
    client.socket.send('flood')
    for (let n = 0; n < 20_000; n++) equal(await client.next(), `${n}`)
    client.socket.close()
  },
  'the loop ends when the client of a WebSocket leaves': async (site) => {
    const id = `${site.prefix.slice(1)}-${Math.random()}`
    const client = await new Client(site, `/websocket/ends/${id}`).opened()
    client.socket.close(4002)
    await site.noted(id, 'closed 4002')
  },
})
