/** Starts gateways for tests and sends requests to them. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Application, lint } from '@tsgi/core'
import { createUwsgiServer, encodePacket, type UwsgiServerOptions } from '../src/index.ts'

export interface Started extends AsyncDisposable {
  /** `uwsgi://127.0.0.1:PORT`, or `uwsgi:PATH`. */
  readonly address: string
  readonly errors: unknown[]
  readonly close: () => Promise<void>
  connect(): Connection
  /** Sends a request on a new connection and returns the whole response, decoded as latin1. */
  exchange(variables: Readonly<Record<string, string>>, body?: string | Uint8Array): Promise<string>
}

export interface StartOptions extends UwsgiServerOptions {
  readonly path?: string
  /** Whether to run the application inside `lint`; true by default. */
  readonly linted?: boolean
}

export async function start(
  app: Application,
  { path, linted = true, ...options }: StartOptions = {},
): Promise<Started> {
  const errors: unknown[] = []
  const gateway = createUwsgiServer(linted ? lint(app) : app, {
    gracefulTimeout: 2_000,
    errors: { write: (problem) => errors.push(problem) },
    ...options,
  })
  if (path === undefined) gateway.server.listen(0, '127.0.0.1')
  else gateway.server.listen(path)
  await once(gateway.server, 'listening')
  const address = gateway.server.address()
  const target = typeof address === 'string' ? address : address!.port
  const open = () => new Connection(target)
  return {
    address: typeof target === 'string' ? `uwsgi:${target}` : `uwsgi://127.0.0.1:${target}`,
    errors,
    close: gateway.close,
    connect: open,
    async exchange(variables, body = '') {
      using connection = open()
      const length = Buffer.byteLength(body)
      const extra = length > 0 && !('CONTENT_LENGTH' in variables) ? { CONTENT_LENGTH: String(length) } : {}
      connection.send(request({ ...variables, ...extra })).send(body)
      return await connection.end()
    },
    [Symbol.asyncDispose]: gateway.close,
  }
}

/** Encodes a request; by default, GET / of example.org. */
export function request(variables: Readonly<Record<string, string>> = {}): Buffer {
  const all = {
    REQUEST_METHOD: 'GET',
    REQUEST_URI: '/',
    SERVER_PROTOCOL: 'HTTP/1.1',
    REMOTE_ADDR: '192.0.2.7',
    SERVER_NAME: 'server.example',
    SERVER_PORT: '80',
    HTTP_HOST: 'example.org',
    ...variables,
  }
  return encodePacket(Object.entries(all).flat())
}

export class Connection implements Disposable {
  readonly socket: Socket
  /** The bytes received so far, decoded as latin1. */
  received = ''
  ended = false
  /** The error of the connection, if any. */
  error: NodeJS.ErrnoException | undefined
  #wake: (() => void) | undefined

  constructor(target: number | string) {
    const options = typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1' }
    this.socket = connect({ ...options, allowHalfOpen: true })
    this.socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1')
      this.#wake?.()
    })
    this.socket.on('error', (error) => {
      this.error = error
    })
    for (const event of ['end', 'close'] as const) {
      this.socket.on(event, () => {
        this.ended = true
        this.#wake?.()
      })
    }
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    return this
  }

  /** Waits until the gateway has closed the connection. Returns everything received. */
  async end(): Promise<string> {
    while (!this.ended) await this.#more()
    return this.received
  }

  /** Waits until this text has arrived. Returns everything received. */
  async until(mark: string): Promise<string> {
    while (!this.received.includes(mark)) {
      if (this.ended) throw new Error(`the connection ended after ${JSON.stringify(this.received)}`)
      await this.#more()
    }
    return this.received
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }
}

/** Returns the body of a complete response. */
export function bodyOf(response: string): string {
  return response.slice(response.indexOf('\r\n\r\n') + 4)
}

/** Returns the status of a response. */
export function statusOf(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1])
}

/** Waits until the condition is true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Creates a temporary folder, removed on disposal. */
export function scratch(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'tsgi-uwsgi-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
