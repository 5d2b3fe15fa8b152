import { sideBySide } from '../harness/side-by-side.ts'
import { checkEcho, SIZE, WebSocketClient } from './websocket-client.ts'

const connections = 1_000
const milliseconds = 1_000

/** A message for everybody. */
export const fanOut = sideBySide({
  name: 'fan-out',
  about: `A message of ${SIZE} bytes from one of ${connections.toLocaleString('en')} WebSockets is sent to all of them. The next one is sent when all have it.`,
  headline: 'deliveries/s',
  frameworks: ['tsgi'],
  targets: [{ figure: 'deliveries/s', against: 'node-http', atLeast: 0.9 }],
  notes: ['node-http runs ws, in a loop over its clients. TSGI publishes the message in a channel.'],

  check: ({ name, port }) => checkEcho(name, port),

  async prepare({ port }) {
    const clients: WebSocketClient[] = []
    while (clients.length < connections) {
      clients.push(...(await Promise.all(Array.from({ length: 100 }, () => WebSocketClient.open(port)))))
    }
    for (let n = 0; n < 20; n++) await broadcast(clients)
    return clients
  },

  async measure(running, clients) {
    const before = await running.usage()
    const began = performance.now()
    let deliveries = 0
    while (performance.now() - began < milliseconds) {
      await broadcast(clients)
      deliveries += clients.length
    }
    const seconds = (performance.now() - began) / 1_000
    const after = await running.usage()
    return {
      figures: {
        'deliveries/s': { unit: 'deliveries/s', better: 'higher', value: deliveries / seconds },
        'CPU of 1,000 deliveries': {
          unit: 'ms',
          better: 'lower',
          value: (after.cpu - before.cpu) / 1_000 / (deliveries / 1_000),
        },
      },
      errors: clients.filter(({ failed }) => failed).length,
    }
  },
})

/** Sends a message, and resolves when every client has it. */
function broadcast(clients: readonly WebSocketClient[]): Promise<void> {
  return new Promise((resolve) => {
    let missing = clients.length
    for (const client of clients) {
      client.onMessage = () => {
        if (--missing === 0) resolve()
      }
    }
    clients[0]!.send()
  })
}
