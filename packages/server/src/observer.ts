import type { NodeExchange } from './exchange.ts'

/** Told of the requests of a process that reach the application. It must not throw. */
export interface Observer {
  began(exchange: NodeExchange): void
  ended(exchange: NodeExchange): void
}
