import { specVersion, version } from '../contract/version.ts'
import { FetchExchange } from '../fetch/fetch-exchange.ts'
import { readHandshake } from '../fetch/upgrade/enable-web-sockets.ts'
import type { ExchangeSettings } from '../gateway/exchange-settings.ts'
import { addTask } from '../gateway/stopping/graceful-close.ts'
import { memoryUpgrade, type TestSocket } from './test-socket.ts'

/** Starts an exchange of the test client. Passes on the WebSocket that the application accepts. */
export function startExchange(
  request: Request,
  settings: ExchangeSettings,
  { remoteAddress = '127.0.0.1' }: { readonly remoteAddress?: string },
  opened: (socket: TestSocket) => void = () => {},
): FetchExchange {
  const stopping = settings.stopping.signal
  return new FetchExchange(request, settings, {
    gateway: {
      name: 'test',
      version,
      specVersion,
      multiprocess: false,
      stopping,
      webSockets: true,
      native: null,
    },
    readHandshake: (request) => readHandshake(request, memoryUpgrade(opened), settings.sockets),
    remoteAddress,
    waitUntil: (task) => addTask(settings.tasks, task),
    cutsOff: true,
  })
}
