import { createClient } from 'redis'
import { onTestFinished } from 'vitest'

/** A client that fails at once while Redis is gone, as the README has it, and tries often to find it again. */
function createConnection(path: string) {
  return createClient({
    socket: { path, tls: false, reconnectStrategy: 10 },
    disableOfflineQueue: true,
  }).on('error', () => {})
}

export type Connection = ReturnType<typeof createConnection>

/** One that is connected, until the running test ends. */
export async function connected(path: string): Promise<Connection> {
  const client = createConnection(path)
  await client.connect()
  onTestFinished(() => client.destroy())
  return client
}
