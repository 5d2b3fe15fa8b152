import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningContender } from '../harness/contender.ts'
import { sideBySide } from '../harness/side-by-side.ts'
import { checkEcho, SIZE, WebSocketClient } from './websocket-client.ts'

const connections = 64
const idle = 2_000
/** Milliseconds of messages before the measurement, and of the measurement. */
const warmUp = 600
const measured = 600

/** Messages that come back. */
export const websocket = sideBySide({
  name: 'websocket',
  about: `${connections} WebSockets, each with one message of ${SIZE} bytes in flight that the server sends back.`,
  headline: 'messages/s',
  frameworks: ['tsgi'],
  targets: [
    { figure: 'messages/s', against: 'node-http', atLeast: 0.95 },
    { figure: 'memory per connection', against: 'node-http', atLeast: 0.77 },
  ],
  notes: [
    'node-http runs ws, which TSGI uses, too.',
    `memory per connection: growth of the process with ${idle} idle connections.`,
  ],

  check: ({ name, port }) => checkEcho(name, port),

  async prepare({ port }) {
    const clients = await Promise.all(Array.from({ length: connections }, () => WebSocketClient.open(port)))
    for (const client of clients) {
      client.onMessage = () => client.send()
      client.send()
    }
    await sleep(warmUp)
    return clients
  },

  async measure(running, clients) {
    const before = await running.usage()
    const receivedBefore = receivedBy(clients)
    const began = performance.now()
    await sleep(measured)
    const received = receivedBy(clients) - receivedBefore
    const seconds = (performance.now() - began) / 1_000
    const after = await running.usage()
    const errors = clients.filter(({ failed }) => failed).length
    for (const client of clients) client.close()
    await sleep(200)
    return {
      figures: {
        'messages/s': { unit: 'messages/s', better: 'higher', value: received / seconds },
        'CPU per message': { unit: 'µs', better: 'lower', value: (after.cpu - before.cpu) / received },
        'memory per connection': await memoryPerConnection(running),
      },
      errors,
    }
  },
})

function receivedBy(clients: readonly WebSocketClient[]): number {
  return clients.reduce((sum, { received }) => sum + received, 0)
}

async function memoryPerConnection({ port, usage }: RunningContender) {
  const before = await usage()
  const clients: WebSocketClient[] = []
  while (clients.length < idle) {
    clients.push(...(await Promise.all(Array.from({ length: 100 }, () => WebSocketClient.open(port)))))
  }
  const after = await usage()
  for (const client of clients) client.close()
  return { unit: 'KB', better: 'lower' as const, value: (after.memory - before.memory) / 1e3 / idle }
}
