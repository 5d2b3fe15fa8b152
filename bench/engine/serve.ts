import { createServer, type Server } from 'node:net'
import type { Application, ErrorLog } from '@tsgi/core'
import { closeInTime, type ExchangeSettings, exchangeSettings } from '@tsgi/core/gateway'
import { Connection } from './connection.ts'
import { applicationTurns } from './exchange.ts'
import { type EngineLimits, engineSettings } from './settings.ts'
import type { Transport } from './transport.ts'
import type { OpenTurn } from './turn.ts'

/** A server of connections. */
export interface Engine {
  readonly server: Server
  /** Takes a connection that something else accepted: a TLS socket, say. */
  connect(socket: Transport): void
  /** Takes no more connections, lets those that are at a request end with its response, and ends the others. */
  close(): Promise<void>
}

/** Serves with turns of any kind. */
export function createEngine(
  open: OpenTurn,
  options: EngineLimits,
  shared: ExchangeSettings = exchangeSettings('engine', () => {}, {}),
): Engine {
  const settings = engineSettings(open, options)
  const connections = new Set<Connection>()
  const connect = (socket: Transport) => {
    const connection = new Connection(socket, settings)
    connections.add(connection)
    socket.on('close', () => connections.delete(connection))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, connect)
  return {
    server,
    connect,
    async close() {
      settings.isClosing = true
      const ended = new Promise<unknown>((resolve) => server.close(resolve))
      for (const connection of connections) if (connection.isIdle) connection.end()
      await closeInTime(shared, {
        gracefulTimeout: settings.limits.gracefulTimeout,
        ended,
        destroy() {
          for (const { socket } of connections) socket.destroy()
        },
      })
    },
  }
}

export interface EngineOptions extends EngineLimits {
  /** Where problems are reported; standard error unless given. */
  readonly errors?: ErrorLog
}

/** Serves an application. */
export function engineFor(app: Application, options: EngineOptions = {}): Engine {
  const shared = exchangeSettings('engine', app, options)
  return createEngine(applicationTurns(app, shared), options, shared)
}
