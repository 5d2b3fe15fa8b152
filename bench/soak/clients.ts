/** Clients that follow the rules of HTTP. Every request of theirs must have a response. */
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Failed, Ledger } from './ledger.ts'

/** Makes one request or several, and returns the number of responses. Throws if one is missing or wrong. */
type Client = (port: number, agent: Agent) => Promise<number>

/** Milliseconds. */
const TIMEOUT = 30_000

const clients: Readonly<Record<string, Client>> = {
  kept: async (port, agent) => {
    for (let n = 0; n < 5; n++) expect(await get(port, '/', agent), 'hello')
    return 5
  },
  slow: async (port, agent) => {
    expect(await get(port, '/slow', agent), 'slow')
    return 1
  },
  'new connection': async (port) => {
    expect(await get(port, '/', false), 'hello')
    return 1
  },
  stream: async (port, agent) => {
    expect(await get(port, '/stream', agent), '0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n')
    return 1
  },
  upload: async (port, agent) => {
    const sent = send(port, '/upload', agent, 'POST')
    const response = responseOf(sent)
    response.catch(() => {})
    for (let n = 0; n < 10; n++) {
      sent.write('x'.repeat(10_000))
      await sleep(20)
    }
    sent.end()
    expect(await text(await response), '100000')
    return 1
  },
  'slow reader': async (port, agent) => {
    const sent = send(port, '/page', agent)
    sent.end()
    const response = await responseOf(sent)
    let length = 0
    for await (const chunk of response) {
      length += chunk.length
      await sleep(20)
    }
    expect(length, 1024 * 1024)
    return 1
  },
  pipelining: async (port) => pipeline(port, 10, false),
  'half close': async (port) => pipeline(port, 1, true),
}

/** Runs clients of each kind until the signal aborts. */
export async function runClients(port: number, ledger: Ledger, signal: AbortSignal): Promise<void> {
  const loops = Object.entries(clients).flatMap(([name, client]) =>
    Array.from({ length: 4 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      while (!signal.aborted) {
        try {
          const responses = await client(port, agent)
          ledger.answered += responses
        } catch (error) {
          const { openedAt = performance.now(), isNew = true } = error as Partial<Failed>
          ledger.fail(name, error, { openedAt, isNew })
          await sleep(100)
        }
        await sleep(Math.random() * 50)
      }
      agent.destroy()
    }),
  )
  await Promise.all(loops)
}

function expect(actual: unknown, expected: unknown): void {
  if (actual === expected) return
  const error = new Error(`got ${JSON.stringify(actual).slice(0, 300)}`)
  // There is no excuse for a wrong response.
  throw failure(error, Number.POSITIVE_INFINITY, false)
}

function failure(error: Error, openedAt: number, isNew: boolean): Error & Failed {
  return Object.assign(error, { openedAt, isNew })
}

/** When connections of agents were opened. */
const openings = new WeakMap<Socket, number>()

function send(port: number, path: string, agent: Agent | false, method = 'GET'): ClientRequest {
  return request({ port, host: '127.0.0.1', path, method, agent, timeout: TIMEOUT })
}

async function get(port: number, path: string, agent: Agent | false): Promise<string> {
  const sent = send(port, path, agent)
  sent.end()
  return text(await responseOf(sent))
}

function openedAt({ socket }: ClientRequest): number {
  return (socket && openings.get(socket)) ?? performance.now()
}

function responseOf(sent: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  sent.on('response', (incoming) => {
    incoming.on('error', (error) => void failure(error, openedAt(sent), false))
    resolve(incoming)
  })
  sent.on('timeout', () => sent.destroy(new Error(`no response within ${TIMEOUT} ms`)))
  sent.on('socket', (socket) => {
    if (!openings.has(socket)) openings.set(socket, performance.now())
  })
  sent.on('error', (error) => reject(failure(error, openedAt(sent), !sent.reusedSocket)))
  return promise
}

/**
 * Sends requests without waiting for responses. Returns the number of responses: after one with `Connection: close`, the
 * client may send the others again (RFC 9112 §9.6).
 */
async function pipeline(port: number, count: number, halfClose: boolean): Promise<number> {
  const openedAt = performance.now()
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.setTimeout(TIMEOUT, () => socket.destroy(new Error(`no response within ${TIMEOUT} ms`)))
  const requests = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(count)
  if (halfClose) socket.end(requests)
  else socket.write(requests)
  let received = ''
  try {
    for await (const chunk of socket.setEncoding('latin1')) {
      received += chunk
      if (responsesIn(received) === count) break
    }
  } catch (error) {
    if (!isClosing(received)) throw failure(error as Error, openedAt, received === '')
  } finally {
    socket.destroy()
  }
  const responses = responsesIn(received)
  if (responses === count || (responses > 0 && isClosing(received))) return responses
  throw failure(new Error(`${responses} of ${count} responses`), openedAt, received === '')
}

function responsesIn(received: string): number {
  return received.split('\r\n\r\nslow').length - 1
}

function isClosing(received: string): boolean {
  return /^connection: close\r$/im.test(received)
}
