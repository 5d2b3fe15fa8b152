import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** The bytes of one connection from a proxy to a server, as latin1. */
export interface Relayed {
  /** What the proxy has sent. */
  sent: string
  /** What the server has sent. */
  received: string
  /** Whether the proxy has ended the connection before the server did. */
  isLeft: boolean
}

/** Passes connections on to a server, and records their bytes. */
export class Relay implements Disposable {
  readonly connections: Relayed[] = []
  readonly #server = createServer({ allowHalfOpen: true })
  readonly #sockets = new Set<Socket>()

  static async to(port: number): Promise<Relay> {
    const relay = new Relay()
    relay.#server.on('connection', (socket) => relay.#pass(socket, port))
    await once(relay.#server.listen(0, '127.0.0.1'), 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #pass(socket: Socket, port: number): void {
    const relayed: Relayed = { sent: '', received: '', isLeft: false }
    this.connections.push(relayed)
    const upstream = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let isEnded = false
    socket.on('data', (chunk) => {
      relayed.sent += chunk.toString('latin1')
    })
    socket.on('close', () => {
      relayed.isLeft = !isEnded
    })
    upstream.on('data', (chunk) => {
      relayed.received += chunk.toString('latin1')
    })
    upstream.on('end', () => {
      isEnded = true
    })
    for (const [one, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      this.#sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroySoon()
      })
    }
  }

  [Symbol.dispose](): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}
