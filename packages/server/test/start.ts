/** A server under test: linted, on a free port, its reports kept. */
import { type Application, lint } from '@tsgi/core'
import type { ServeOptions, Server } from '../src/index.ts'
import { RawClient, type RawResponse } from './raw-client.ts'
import { serve } from './serve.ts'

export interface Started extends AsyncDisposable {
  readonly server: Server
  readonly url: string
  readonly port: number
  readonly errors: unknown[]
  connect(): RawClient
  /** Sends these bytes on a connection of their own and reads one response. */
  raw(text: string, method?: string): Promise<RawResponse>
}

export async function start(app: Application, options: ServeOptions = {}): Promise<Started> {
  const errors: unknown[] = []
  const server = await serve(lint(app), {
    listen: 'http://127.0.0.1:0',
    gracefulTimeout: 2_000,
    errors: { write: (problem) => errors.push(problem) },
    ...options,
  })
  const url = server.addresses[0]!
  const port = Number(URL.parse(url)?.port)
  return {
    server,
    url,
    port,
    errors,
    connect: () => new RawClient(port),
    async raw(text, method) {
      using connection = new RawClient(port)
      return await connection.send(text).response(method)
    },
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** Waits until something is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
