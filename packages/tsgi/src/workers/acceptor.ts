import { createServer, type Server, type Socket } from 'node:net'
import { setImmediate as immediate } from 'node:timers/promises'
import { ignoreSocketErrors, type ListenAddress, listen, type SocketOptions } from '@tsgi/server/listen'

export interface AcceptorEvents {
  /** Called with each connection and the index of the address that accepted it. */
  readonly onConnection: (at: number, socket: Socket) => void
  /** Called after connections have been accepted. */
  readonly onAccepted: () => void
  /** Called with errors of the listening sockets. */
  readonly onError: (error: unknown) => void
}

/** Listens on the addresses of the master, and accepts connections without reading from them. */
export class Acceptor {
  readonly #servers: Server[] = []
  readonly #events: AcceptorEvents
  #pending: NodeJS.Immediate | undefined

  constructor(events: AcceptorEvents) {
    this.#events = events
  }

  /** Listens on all addresses. Returns them with the ports that were assigned. */
  async listen(addresses: readonly ListenAddress[], options: SocketOptions): Promise<string[]> {
    const taken: string[] = []
    for (const [at, address] of addresses.entries()) {
      const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
        ignoreSocketErrors(socket)
        this.#pending ??= setImmediate(() => {
          this.#pending = undefined
          this.#events.onAccepted()
        })
        this.#events.onConnection(at, socket)
      })
      this.#servers.push(server)
      taken.push(await listen(server, address, options))
      server.on('error', this.#events.onError)
    }
    return taken
  }

  /** Stops accepting connections, after those that the operating system has already established. */
  async close(): Promise<void> {
    await immediate()
    for (const server of this.#servers) server.close()
  }
}
