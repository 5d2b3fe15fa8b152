/** All cases of HTTP/1.1, sent to a server through a proxy. */
import { type Application, text } from '@tsgi/core'
import { RawClient } from '../../packages/server/test/raw-client.ts'
import { PROBE, type Row, UNREAD } from '../http1/table.ts'

/** A request as the application has seen it. */
export interface Read {
  /** The values of its X-Proxy fields, joined by commas. */
  readonly mark: string
  readonly method: string
  readonly path: string
  /** Undefined if the application did not read it to its end. */
  body: string | undefined
}

/** Returns an application that records the requests it reads. */
export function recorder(requests: Read[]): Application {
  return async ({ method, pathInfo, headers, request }) => {
    const read: Read = { mark: headers.get('x-proxy') ?? '', method, path: pathInfo, body: undefined }
    requests.push(read)
    if (pathInfo !== UNREAD) read.body = await request.text()
    return text('')
  }
}

/** What a client has received for a case. */
export interface Sent {
  readonly name: string
  /** The mark that the proxy has added to its requests. */
  readonly mark: string
  /** The statuses of the responses. */
  readonly statuses: readonly number[]
}

/** The number of clients at the same time. */
const CLIENTS = 24

/** Sends every case on a connection of its own, followed by a probe, and waits until the proxy has ended it. */
export async function sendAll(rows: readonly Row[], port: number, secret: string): Promise<Sent[]> {
  const sent: Sent[] = []
  const waiting = rows.entries()
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (const [number, [name, bytes]] of waiting) {
      // Each case has an address of its own, by which the proxy marks its requests. Ports are used again.
      const address = `127.0.${1 + (number >> 8)}.${number & 0xff}`
      sent.push({ name, mark: `${secret}.${address}`, statuses: await send(bytes, port, address) })
    }
  })
  await Promise.all(clients)
  return sent
}

async function send(bytes: string, port: number, address: string): Promise<number[]> {
  using client = new RawClient(port, address)
  client.send(bytes + PROBE)
  const received = await client.end()
  const statuses = [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status))
  return statuses.filter((status) => status >= 200)
}
