import type { IncomingMessage } from 'node:http'
import type { Environ } from '@tsgi/core'

/** The part of Node's request that observers may read. A gateway that is not on `node:http` makes its own. */
export type Requested = Pick<IncomingMessage, 'method' | 'url'> & {
  readonly headers: {
    readonly referer?: string | undefined
    readonly 'user-agent'?: string | undefined
    readonly 'x-request-id'?: string | string[] | undefined
  }
}

/** Who made a request, and how it was answered. */
export interface Answered {
  readonly remoteAddress: string
  readonly protocol: string
  readonly host: string
  /** 0 before the response has begun. */
  readonly status: number
  /** The id of the request in the access log; undefined without one. */
  readonly requestId: string | undefined
}

/** A request as observers see it. The object stands for the request from `began` to `ended`. */
export interface Observed extends Answered, Pick<Environ, 'finished'> {
  readonly environ: Environ
  readonly incoming: Requested
  /** Whether it exceeded `requestTimeout`. */
  readonly givenUp: boolean
}

/** Is called for each request that reaches the application. It must not throw. */
export interface Observer {
  began(request: Observed): void
  ended(request: Observed): void
}
