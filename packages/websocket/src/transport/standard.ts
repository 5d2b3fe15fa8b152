import type { Settings } from '../options/websocket-options.ts'
import { byteLength } from './byte-length.ts'
import type { Message, Receiver, Transport } from './transport.ts'

/** Milliseconds between looks at the number of unsent bytes: the standard has no event for it. */
const POLL_MS = 10

/** Uses a WebSocket of the WHATWG standard, as on Deno and Workers. It cannot be paused, and the runtime sends pings. */
export function connectStandard(websocket: WebSocket, receiver: Receiver, { limits }: Settings): void {
  const { maxMessage, maxBuffered, closeTimeout } = limits
  let isClosed = false
  let failure: { code: number; reason: string } | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  websocket.binaryType = 'arraybuffer'

  function finish(code: number, reason: string, clean: boolean): void {
    if (isClosed) return
    isClosed = true
    clearTimeout(timer)
    receiver.finish({ code, reason, clean, ...(clean ? undefined : failure) })
  }

  websocket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (isClosed || failure !== undefined) return
    const message = typeof data === 'string' ? data : new Uint8Array(data)
    if (byteLength(message, maxMessage) <= maxMessage) {
      receiver.received(message)
      return
    }
    failure = { code: 1009, reason: 'The message is too large' }
    transport.close(failure.code, failure.reason)
  })
  websocket.addEventListener('close', ({ code, reason, wasClean }) => {
    finish(code, reason, wasClean ?? code !== 1006)
  })
  // 'close' follows, except on Workers, if the client has left.
  websocket.addEventListener('error', () => {
    timer ??= setTimeout(finish, closeTimeout, 1006, '', false)
  })

  const transport: Transport = {
    get buffered() {
      // Workers do not tell.
      return websocket.bufferedAmount ?? 0
    },
    send(message: Message) {
      if (isClosed || websocket.readyState !== 1) return undefined
      websocket.send(message as string | Uint8Array<ArrayBuffer>)
      return transport.buffered > maxBuffered ? drained() : undefined
    },
    close(code, reason) {
      timer ??= setTimeout(finish, closeTimeout, 1006, '', false)
      try {
        websocket.close(code, reason)
      } catch {
        // Some runtimes reserve codes below 3000 to themselves, except for 1000.
        websocket.close(1000, reason)
      }
    },
  }

  function drained(): Promise<void> {
    return new Promise((resolve) => {
      const poll = setInterval(() => {
        if (!isClosed && transport.buffered > maxBuffered) return
        clearInterval(poll)
        resolve()
      }, POLL_MS)
    })
  }

  if (websocket.readyState === 0) websocket.addEventListener('open', () => receiver.opened(transport))
  else receiver.opened(transport)
}
