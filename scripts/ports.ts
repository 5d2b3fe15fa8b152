/** Ports of the loopback interface, for tests and benchmarks that start programs. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'

const used = new Set<number>()

/** Returns a port that nobody listens on, and a different one each time. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  if (used.has(port)) return freePort()
  used.add(port)
  return port
}

/** Reports whether something accepts connections on a port or on the path of a Unix socket. */
export function accepts(target: number | string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = typeof target === 'number' ? connect(target, '127.0.0.1') : connect(target)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}
