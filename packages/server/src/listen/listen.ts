import type { AddressInfo, ListenOptions as NodeListenOptions, Server } from 'node:net'
import { formatListenAddress, type ListenAddress } from './listen-address.ts'
import { listenOnFile } from './socket-file.ts'

/** The options of listening sockets. */
export interface SocketOptions {
  /** The file mode of Unix sockets, such as `0o660`. Default: 0o777 minus the umask. */
  readonly unixMode?: number
  /** Maximum number of connections waiting to be accepted. Default: 511. The system may impose a lower limit. */
  readonly backlog?: number
  /** Whether other processes may listen on the same ports and share the connections. Default: false. */
  readonly reusePort?: boolean
}

/**
 * Checks the options of sockets and returns those that were given.
 *
 * @throws TypeError naming the invalid option and what is expected.
 *
 * @example
 * ```ts
 * import { readSocketOptions } from '@tsgi/server/listen'
 *
 * readSocketOptions({ backlog: 1024 }) // => { backlog: 1024 }
 * ```
 */
export function readSocketOptions({ unixMode, backlog, reusePort }: SocketOptions): SocketOptions {
  if (unixMode !== undefined && !isInteger(unixMode, 0, 0o777)) {
    throw new TypeError(`serve: unixMode must be a mode from 0 to 0o777, got ${String(unixMode)}`)
  }
  if (backlog !== undefined && !isInteger(backlog, 1, 65_535)) {
    throw new TypeError(`serve: backlog must be a whole number from 1 to 65535, got ${String(backlog)}`)
  }
  if (reusePort !== undefined && typeof reusePort !== 'boolean') {
    throw new TypeError(`serve: reusePort must be true or false, got ${String(reusePort)}`)
  }
  return {
    ...(unixMode !== undefined && { unixMode }),
    ...(backlog !== undefined && { backlog }),
    ...(reusePort !== undefined && { reusePort }),
  }
}

function isInteger(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

/**
 * Makes a server listen on an address. Replaces the file of a Unix socket if no process listens on it, because a
 * killed process left it behind. When the server closes, removes the file, unless another process has replaced it.
 *
 * @returns the address, with the port that was assigned.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:net'
 * import { listen, parseListenAddress } from '@tsgi/server/listen'
 *
 * const server = createServer()
 * const address = await listen(server, parseListenAddress('http://127.0.0.1:0'))
 * address.startsWith('http://127.0.0.1:') // => true
 * server.close()
 * ```
 */
export async function listen(
  server: Server,
  address: ListenAddress,
  options: SocketOptions = {},
): Promise<string> {
  if ('path' in address) {
    await listenOnFile(server, address.path, (path) => tryListen(server, { ...address, path }, options))
  } else await tryListen(server, address, options)
  return actualAddress(address, server)
}

/** The address with the port that was assigned. */
function actualAddress(address: ListenAddress, server: Server): string {
  if ('path' in address) return formatListenAddress(address, 0)
  const taken = server.address() as AddressInfo | string
  if (typeof taken === 'string') return `unix:${taken}`
  const { address: host, port } = taken
  if ('fd' in address) return formatListenAddress({ scheme: 'http', host, port }, port)
  return formatListenAddress({ ...address, host: address.host ?? host }, port)
}

function tryListen(
  server: Server,
  address: ListenAddress,
  { unixMode, backlog, reusePort }: SocketOptions,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  const place: NodeListenOptions = { ...placeOf(address), ...(backlog !== undefined && { backlog }) }
  if (reusePort === true && 'port' in address) place.reusePort = true
  const begin = () =>
    server.listen(place, () => {
      server.off('error', reject)
      resolve()
    })
  if ('path' in address && unixMode !== undefined) withMode(unixMode, begin)
  else begin()
  return promise
}

function placeOf(address: ListenAddress): NodeListenOptions {
  if ('path' in address) return { path: address.path }
  if ('fd' in address) return { fd: address.fd } as NodeListenOptions
  const { host, port } = address
  return host === undefined ? { port } : { host, port }
}

/** Node creates the file synchronously, so it has the right mode from the start. */
function withMode(mode: number, make: () => void): void {
  const before = process.umask(0o777 & ~mode)
  try {
    make()
  } finally {
    process.umask(before)
  }
}
