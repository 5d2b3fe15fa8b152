/** The application behind the real front ends. */
import { createHash } from 'node:crypto'
import { type Application, empty, json, stream, text } from '@tsgi/core'
import type { UwsgiNative } from '../src/index.ts'

export interface Tried {
  readonly app: Application
  /** Continues the response of `/flushed`. */
  go(): void
  /** What the application has learned about disconnected clients. */
  readonly left: string[]
}

export function tried(): Tried {
  const left: string[] = []
  let go = () => {}
  const app: Application = async (environ) => {
    const { method, scheme, host, scriptName, pathInfo, queryString, protocol, remoteAddress, headers } =
      environ
    switch (pathInfo) {
      case '/digest':
        return json(digest(await environ.request.bytes()))
      case '/unread':
        return text('enough')
      case '/large':
        return new Response(large, { headers: { 'content-type': 'application/octet-stream' } })
      case '/not-modified':
        return empty(304, { headers: { etag: '"1"' } })
      case '/no-content':
        return empty()
      case '/cookies': {
        const response = text(headers.get('cookie') ?? '')
        response.headers.append('set-cookie', 'a=1; Path=/')
        response.headers.append('set-cookie', 'b=2; Path=/; Expires=Thu, 01 Jan 2099 00:00:00 GMT')
        return response
      }
      case '/wide':
        return text('ok', { headers: { 'x-wide': 'y'.repeat(7_000), 'x-wider': 'z'.repeat(7_000) } })
      case '/flushed':
        return stream(
          (async function* () {
            yield 'first '
            await new Promise<void>((resolve) => {
              go = resolve
            })
            yield 'second'
          })(),
          { headers: unbuffered },
        )
      case '/wait':
        left.push('/wait begins')
        await new Promise<void>((resolve) => environ.signal.addEventListener('abort', () => resolve()))
        left.push('/wait')
        return text('too late')
      case '/ticks':
        environ.finished.then(({ aborted }) => left.push(`/ticks ${aborted}`))
        return stream(ticks(), { headers: unbuffered })
      case '/fails':
        return stream(fails(), { headers: unbuffered })
      case '/fails-with-length':
        return stream(fails(), { headers: { ...unbuffered, 'content-length': '100' } })
      default: {
        const { variables } = environ.gateway.native as UwsgiNative
        return json({
          ...{ method, scheme, host, scriptName, pathInfo, queryString, protocol, remoteAddress },
          fields: [...headers].filter(([name]) => !/^(?:host|connection|accept.*|user-agent)$/.test(name)),
          url: environ.request.url,
          misleading: ['PATH', 'HTTP_PROXY'].filter((name) => variables.has(name)),
        })
      }
    }
  }
  return { app, left, go: () => go() }
}

export function digest(bytes: Uint8Array): { length: number; sha256: string } {
  return { length: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Ten megabytes that do not repeat. */
export const large: Uint8Array<ArrayBuffer> = Uint8Array.from(
  { length: 10_000_000 },
  (_, index) => (index * 31 + (index >> 8) * 17) & 255,
)

/** Tells nginx and others to pass a stream on immediately. */
const unbuffered = { 'x-accel-buffering': 'no', 'content-type': 'text/plain' }

async function* ticks(): AsyncGenerator<string> {
  for (;;) {
    yield 'tick '.repeat(1_000)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function* fails(): AsyncGenerator<string> {
  yield 'begin'
  await new Promise((resolve) => setTimeout(resolve, 30))
  throw new Error('failed in the middle')
}
