import { afterEach, describe, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
})

const handshake = () =>
  new Request('http://localhost/chat', {
    headers: {
      connection: 'Upgrade',
      upgrade: 'WebSocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    },
  })

/** Returns a fetch handler that responds with whether a WebSocket can be accepted, in a program of its own. */
async function program(beforeReading?: (enable: () => void) => void) {
  vi.resetModules()
  const { json, toFetch } = await import('../../index.ts')
  const { enableWebSockets } = await import('../../gateway.ts')
  const errors: unknown[] = []
  const fetch = toFetch(
    (environ) => {
      beforeReading?.(enableWebSockets)
      return json([environ.upgrade !== undefined, environ.gateway.webSockets])
    },
    { errors: { write: (problem) => errors.push(problem) } },
  )
  return { errors, seen: async (request: Request) => (await fetch(request)).json() }
}

describe('enableWebSockets', () => {
  it('is named by the report of the first handshake that is lost without it, once', async () => {
    vi.stubGlobal('WebSocketPair', class {})
    const { errors, seen } = await program()
    expect(await seen(new Request('http://localhost/'))).toEqual([false, false])
    expect(errors).toEqual([])
    for (let n = 0; n < 2; n++) expect(await seen(handshake())).toEqual([false, false])
    expect(errors).toEqual([
      new Error(
        'toFetch: environ.upgrade is undefined for a WebSocket: call enableWebSockets() of @tsgi/core/gateway at start',
      ),
    ])
  })

  it('is not named on runtimes that cannot upgrade connections of fetch handlers', async () => {
    const { errors, seen } = await program()
    expect(await seen(handshake())).toEqual([false, false])
    expect(errors).toEqual([])
  })

  it('also counts if it is called while the application handles the first handshake', async () => {
    vi.stubGlobal('WebSocketPair', class {})
    const { errors, seen } = await program((enable) => enable())
    expect(await seen(handshake())).toEqual([true, true])
    expect(errors).toEqual([])
  })
})
