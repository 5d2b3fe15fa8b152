import type { End } from '../../body/early-end.ts'
import type { ErrorLog } from '../../contract/error-log.ts'
import { reported, stoppingError } from './graceful-close.ts'

/** A streamed body that can end early. */
export interface OpenStream {
  /** Called when the gateway starts to stop. */
  endEarly(): void
}

/** Returns a set of streams that end when `stopping` aborts. */
export function openStreams(stopping: AbortSignal): Set<OpenStream> {
  const streams = new Set<OpenStream>()
  const endAll = () => {
    for (const stream of streams) stream.endEarly()
  }
  stopping.addEventListener('abort', endAll, { once: true })
  return streams
}

/** The parts of an exchange that {@link endEarly} needs. */
interface EndingExchange {
  readonly errors: ErrorLog
  abort(reason: unknown): void
  keep(task: Promise<unknown>): void
}

/** Ends a body because the gateway is stopping, and aborts `signal`, so that the source does not wait any longer. */
export function endEarly(exchange: EndingExchange, end: End): void {
  const ended = end()
  exchange.abort(stoppingError())
  exchange.keep(reported(inTime(ended), exchange.errors))
}

/** Milliseconds for a source to end. A source that ignores the signals must not keep the gateway from stopping. */
const ENDING_MS = 2_000

async function inTime(ended: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ENDING_MS)
  try {
    await Promise.race([late, ended])
  } finally {
    clearTimeout(timer)
  }
}
