import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { RawClient } from '../../packages/server/test/raw-client.ts'

/** What a client receives on one connection. */
export interface Received {
  /** The statuses of the final responses. */
  readonly statuses: readonly number[]
  /** The `Connection` field of the last response. */
  readonly connection: string | undefined
}

/** A way to cut bytes into pieces that are written one at a time. */
export type Cut = (bytes: Buffer) => readonly Uint8Array[]

export const cuts: Readonly<Record<string, Cut>> = {
  'at once': (bytes) => [bytes],
  'byte by byte': (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)),
}

/**
 * Sends pieces on a new connection and reads responses until the server ends it. The client never ends it, so a server that
 * waits for more bytes does not look like one that rejects what it has. `methods` are those of the requests that get
 * a response: the response to a HEAD has no body.
 */
export async function talk(
  port: number,
  pieces: readonly Uint8Array[],
  methods: readonly string[],
): Promise<Received> {
  using client = new RawClient(port)
  client.socket.setNoDelay(true)
  for (const piece of pieces) {
    if (client.ended) break
    client.send(piece)
    if (pieces.length > 1) await turnOfLoop()
  }
  const statuses: number[] = []
  let connection: string | undefined
  while (await client.more()) {
    const { status, headers } = await client.response(methods[statuses.length])
    if (status < 200) continue
    statuses.push(status)
    connection = headers.get('connection')?.join(', ')
  }
  return { statuses, connection }
}
