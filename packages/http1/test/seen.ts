/** Records how the parser reads the bytes of one connection. */
import { createRequestParser, type ParserLimits } from '../src/index.ts'

export interface SeenRequest {
  readonly method: string
  readonly target: string
  readonly version: string
  /** Names in lower case and values, in turn. */
  readonly fields: readonly string[]
  /** The bytes of the body as latin1. */
  body: string
  isWhole: boolean
}

export interface Seen {
  readonly requests: SeenRequest[]
  /** Why it rejects the bytes; undefined if it waits for more, or has ended the connection after a last request. */
  refusal: string | undefined
  /** Whether it reads nothing more. */
  isOver: boolean
}

/** Returns how the parser reads these pieces. */
export function seenByParser(pieces: readonly Uint8Array[], limits?: ParserLimits): Seen {
  const seen: Seen = { requests: [], refusal: undefined, isOver: false }
  const parser = createRequestParser(limits)
  let keepAlive = true
  for (const piece of pieces) {
    if (!seen.isOver) parser.push(piece)
    while (!seen.isOver) {
      const event = parser.next()
      if (event === undefined) break
      switch (event.type) {
        case 'head': {
          const fields = event.rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text))
          const { method, target, minorVersion } = event
          const version = `1.${minorVersion}`
          keepAlive = event.keepAlive
          seen.requests.push({ method, target, version, fields, body: '', isWhole: false })
          break
        }
        case 'data':
          seen.requests.at(-1)!.body += Buffer.from(event.bytes).toString('latin1')
          break
        case 'end':
          seen.requests.at(-1)!.isWhole = true
          seen.isOver = !keepAlive
          break
        case 'error':
          seen.refusal = event.error.message
          seen.isOver = true
      }
    }
  }
  return seen
}
