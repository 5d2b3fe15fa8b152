import type { Settings } from '../options/websocket-options.ts'
import { byteLength } from './byte-length.ts'
import type { Message, Receiver, Transport } from './transport.ts'

/** A WebSocket of Bun: https://bun.com/docs/runtime/http/websockets */
export interface BunSocket {
  data: {
    /** Passes the open connection to the application. */
    connect(socket: BunSocket): void
    events?: BunEvents
  }
  readonly readyState: number
  send(message: Message): number
  close(code?: number, reason?: string): void
  terminate(): void
  getBufferedAmount(): number
}

/** The events that Bun reports to the handlers of the server, for one connection. */
interface BunEvents {
  message(message: Message): void
  drain(): void
  close(code: number, reason: string): void
}

/** The number of bytes to leave to Bun, which drops messages beyond its `backpressureLimit`. */
const ROOM = 1024 * 1024

/** Uses a WebSocket of Bun. It cannot be paused, and Bun sends pings. */
export function connectBun(websocket: BunSocket, receiver: Receiver, { limits }: Settings): void {
  const { maxMessage, maxBuffered, closeTimeout } = limits
  const queue: Message[] = []
  let queued = 0
  let waiting: (() => void)[] = []
  let isClosed = false
  /** Closes the connection when the queue has been sent. */
  let closeLater: (() => void) | undefined
  let failure: { code: number; reason: string } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const transport: Transport = {
    get buffered() {
      return isClosed ? 0 : queued + websocket.getBufferedAmount()
    },
    send(message) {
      if (isClosed || closeLater !== undefined || websocket.readyState !== 1) return undefined
      if (queue.length > 0 || websocket.getBufferedAmount() > ROOM) {
        queue.push(message)
        queued += message.length
      } else websocket.send(message)
      if (transport.buffered <= maxBuffered) return undefined
      return new Promise((resolve) => waiting.push(resolve))
    },
    close(code, reason) {
      timer ??= setTimeout(() => websocket.terminate(), closeTimeout)
      closeLater = () => websocket.close(code, reason)
      if (queue.length === 0) closeLater()
    },
  }

  function wake(): void {
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }

  websocket.data.events = {
    message(message) {
      if (failure !== undefined) return
      if (byteLength(message, maxMessage) <= maxMessage) {
        receiver.received(typeof message === 'string' ? message : new Uint8Array(message))
        return
      }
      failure = { code: 1009, reason: 'The message is too large' }
      transport.close(failure.code, failure.reason)
    },
    drain() {
      while (queue.length > 0 && websocket.getBufferedAmount() <= ROOM) {
        const message = queue.shift()!
        queued -= message.length
        websocket.send(message)
      }
      if (transport.buffered <= maxBuffered) wake()
      if (queue.length === 0) closeLater?.()
    },
    close(code, reason) {
      isClosed = true
      clearTimeout(timer)
      wake()
      const clean = code !== 1006
      receiver.finish({ code, reason, clean, ...failure })
    },
  }
  receiver.opened(transport)
}
