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
  /** Serves a connection that was accepted elsewhere, for example a TLS socket. */
  connect(socket: Transport): void
  /** Stops accepting connections, ends idle ones, and the others after their current response. */
  close(): Promise<void>
}

/** Serves connections with any kind of turn. */
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
  /** Where problems are reported. Default: standard error. */
  readonly errors?: ErrorLog
}

/** Serves an application. */
export function engineFor(app: Application, options: EngineOptions = {}): Engine {
  const shared = exchangeSettings('engine', app, options)
  return createEngine(applicationTurns(app, shared), options, shared)
}
