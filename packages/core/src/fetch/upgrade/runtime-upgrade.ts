import { type Handshake, isHandshake, isUpgradeField } from '../../gateway/upgrade/handshake.ts'

/** Upgrades the connection of a request in the way of a runtime. Returns the response to pass to the runtime. */
export type RuntimeUpgrade = (request: Request, response: Response, handshake: Handshake) => Response

/**
 * Returns how the current runtime upgrades connections; undefined if it cannot.
 *
 * @param surroundings The arguments that the runtime passes with the request.
 */
export function runtimeUpgrade(surroundings: readonly unknown[]): RuntimeUpgrade | undefined {
  const [server] = surroundings
  if (isBunServer(server)) return bunUpgrade(server)
  if (runtime.Deno?.upgradeWebSocket !== undefined) return denoUpgrade(runtime.Deno)
  if (runtime.WebSocketPair !== undefined) return workersUpgrade(runtime.WebSocketPair)
  return undefined
}

/** Returns whether a request is a handshake. The runtimes have checked the fields that they do not show. */
export function isHandshakeRequest({ method, headers }: Request): boolean {
  const upgrade = headers.get('upgrade')
  return (
    method === 'GET' &&
    upgrade !== null &&
    isHandshake({
      connection: headers.get('connection') ?? 'upgrade',
      upgrade,
      version: headers.get('sec-websocket-version'),
      key: headers.get('sec-websocket-key'),
    })
  )
}

/** https://docs.deno.com/api/deno/~/Deno.upgradeWebSocket */
interface DenoNamespace {
  upgradeWebSocket(
    request: Request,
    options: { readonly protocol?: string; readonly idleTimeout: number },
  ): { readonly socket: WebSocket; readonly response: Response }
}

/** https://developers.cloudflare.com/workers/runtime-apis/websockets/ */
type WebSocketPair = new () => { readonly 0: WebSocket; readonly 1: WebSocket & { accept(): void } }

/** https://bun.com/docs/runtime/http/websockets */
interface BunServer {
  upgrade(request: Request, options: { readonly headers: Headers; readonly data: unknown }): boolean
}

const runtime = globalThis as { readonly Deno?: DenoNamespace; readonly WebSocketPair?: WebSocketPair }

function denoUpgrade(deno: DenoNamespace): RuntimeUpgrade {
  return (request, { headers }, handshake) => {
    const { protocol } = handshake
    // The receiver sends pings itself.
    const { socket, response } = deno.upgradeWebSocket(request, {
      ...(protocol !== undefined && { protocol }),
      idleTimeout: 0,
    })
    for (const [name, value] of upgradeFields(headers)) response.headers.append(name, value)
    handshake.connect({ type: 'websocket', native: socket })
    return response
  }
}

function workersUpgrade(Pair: WebSocketPair): RuntimeUpgrade {
  return (_, response, handshake) => {
    const { 0: theirs, 1: ours } = new Pair()
    ours.accept()
    handshake.connect({ type: 'websocket', native: ours })
    const headers = withProtocol(response.headers, handshake)
    // Workers allow this status, with this option.
    return new Response(null, { status: 101, headers, webSocket: theirs } as ResponseInit)
  }
}

function isBunServer(value: unknown): value is BunServer {
  return 'Bun' in globalThis && typeof (value as BunServer | null | undefined)?.upgrade === 'function'
}

function bunUpgrade(server: BunServer): RuntimeUpgrade {
  return (request, response, handshake) => {
    const headers = withProtocol(response.headers, handshake)
    // Without the field, Bun chooses the first subprotocol that the client offers. It does not send an empty one.
    if (handshake.protocol === undefined) headers.set('sec-websocket-protocol', '')
    const connect = (native: unknown) => handshake.connect({ type: 'bun', native })
    if (!server.upgrade(request, { headers, data: { connect } })) handshake.reject()
    // Bun ignores the response after an upgrade.
    return response
  }
}

function withProtocol(headers: Headers, { protocol }: Handshake): Headers {
  const fields = upgradeFields(headers)
  if (protocol !== undefined) fields.push(['sec-websocket-protocol', protocol])
  return new Headers(fields)
}

/** Returns the fields of a response that are sent with the 101. */
function upgradeFields(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => isUpgradeField(name))
}
