import { createServer, type Server, type Socket } from 'node:net'
import type { ServeOptions } from '@tsgi/server'
import {
  acceptEstablished,
  ignoreSocketErrors,
  listen,
  parseListenOption,
  readSocketOptions,
} from '@tsgi/server/listen'
import { serveOptions, startFailure } from '../../config/serve-options.ts'
import type { ServeSettings } from '../../config/settings.ts'

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

  /**
   * Listens on all addresses of the settings. Returns them with the ports that were assigned.
   *
   * @throws CommandError (by rejection) naming the flag that is invalid, or the address that is in use.
   */
  async listen(settings: ServeSettings): Promise<string[]> {
    try {
      return await this.#listen(serveOptions(settings))
    } catch (error) {
      throw startFailure(error)
    }
  }

  async #listen(serving: ServeOptions): Promise<string[]> {
    const options = readSocketOptions(serving)
    const taken: string[] = []
    for (const [at, address] of parseListenOption(serving.listen).entries()) {
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
    await Promise.all(this.#servers.map(acceptEstablished))
    for (const server of this.#servers) server.close()
  }
}
