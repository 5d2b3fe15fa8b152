import { lstat, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import type { ListenAddress } from './listen-address.ts'

/**
 * Begins to listen. The file of a unix socket that nobody listens on is left over from a process that was killed,
 * and is replaced.
 */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  try {
    await tryListen(server, address)
  } catch (error) {
    if (!('path' in address) || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (!(await isStale(address.path))) throw error
    await unlink(address.path)
    await tryListen(server, address)
  }
}

function tryListen(server: Server, address: ListenAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen('path' in address ? { path: address.path } : withoutUndefined(address), () => {
    server.off('error', reject)
    resolve()
  })
  return promise
}

function withoutUndefined({ host, port }: { host: string | undefined; port: number }) {
  return host === undefined ? { port } : { host, port }
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
