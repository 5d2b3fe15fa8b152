import type { Server as NetServer, Socket } from 'node:net'
import type { Application } from '@tsgi/core'
import type { Limits } from '@tsgi/core/options'
import type { ConnectionLimits } from './limits.ts'
import type { Settings } from './settings.ts'

/** An implementation of HTTP/1.1. */
export interface Http1Endpoint {
  /** Serves each connection that it emits: those that it accepts itself, and those that another server passes to it. */
  readonly server: NetServer
  /** Closes connections without a request, because the server is stopping. */
  closeIdle(): void
  /** Applies the timeouts to these connections. Returns a function that stops it. */
  watch(connections: ReadonlySet<Socket>): () => void
}

export type CreateHttp1Endpoint = (
  app: Application,
  settings: Settings,
  limits: Limits<ConnectionLimits>,
) => Http1Endpoint
