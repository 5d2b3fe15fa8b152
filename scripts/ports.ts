/** Ports of the loopback interface, for tests and benchmarks that start programs. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Ports that systems do not give to clients, or to servers without a port of their own. */
const [FIRST, LAST] = [12_000, 32_000]

const used = new Set<number>()

/** Returns a port that nobody listens on, and a different one each time. */
export async function freePort(): Promise<number> {
  const port = randomInt(FIRST, LAST)
  if (used.has(port)) return freePort()
  used.add(port)
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return freePort()
  }
  server.close()
  await once(server, 'close')
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
