import { lstat, unlink } from 'node:fs/promises'
import { connect, type ListenOptions as NodeListenOptions, type Server } from 'node:net'
import type { ListenAddress } from './listen-address.ts'

/** How sockets are opened. */
export interface SocketOptions {
  /** The mode of the files of unix sockets, as `0o660`; 777 less the umask unless given. */
  readonly unixMode?: number
  /** Connections that may wait to be accepted; 511 unless given. The system bounds it too. */
  readonly backlog?: number
  /** Whether other processes may listen on the same ports, and the system divides connections among them. */
  readonly reusePort?: boolean
}

/**
 * Reads the options of sockets.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function socketOptions({ unixMode, backlog, reusePort }: SocketOptions): SocketOptions {
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
 * Begins to listen. The file of a unix socket that nobody listens on is left over from a process that was killed,
 * and is replaced.
 */
export async function listen(server: Server, address: ListenAddress, options: SocketOptions): Promise<void> {
  try {
    await tryListen(server, address, options)
  } catch (error) {
    if (!('path' in address) || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (!(await isStale(address.path))) throw error
    await unlink(address.path)
    await tryListen(server, address, options)
  }
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

/** Node makes the file at once; so there is no moment at which it has another mode. */
function withMode(mode: number, make: () => void): void {
  const before = process.umask(0o777 & ~mode)
  try {
    make()
  } finally {
    process.umask(before)
  }
}

async function isStale(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
  socket.on('connect', () => {
    socket.destroy()
    resolve(false)
  })
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  return promise
}
