/** Checks what must be true of the parser alone, whatever bytes it gets. */
import { METHODS } from 'node:http'
import {
  createRequestParser,
  type ParserLimits,
  type RequestEvent,
  type RequestHead,
  type RequestParser,
} from '../src/index.ts'

/**
 * Reads the bytes in these pieces and in one, and reads the requests that were accepted again, after writing them as the
 * parser has understood them.
 *
 * @throws Error if the parser throws, if its events are malformed or in the wrong order, or if it reads something else the
 *   second time.
 */
export function checkInvariants(pieces: readonly Uint8Array[], limits?: ParserLimits): void {
  const seen = new Reading(pieces, limits)
  const whole = new Reading([Buffer.concat(pieces)], limits)
  check(whole.log === seen.log, `the pieces matter:\n${seen.log}\nin one:\n${whole.log}`)
  const again = new Reading([Buffer.from(seen.written, 'latin1')], limits)
  check(
    again.log === seen.accepted,
    `reads what it has accepted differently:\n${seen.accepted}\nthen:\n${again.log}`,
  )
}

/** How the parser has read the bytes of one connection. */
class Reading {
  /** Everything that the parser has said. */
  log = ''
  /** The part of it about complete requests. */
  accepted = ''
  /** The complete requests as HTTP/1.1. */
  written = ''
  readonly #parser: RequestParser
  #head: RequestHead | undefined
  #body = ''
  #isOver = false
  readonly #isLimited: boolean

  constructor(pieces: readonly Uint8Array[], limits: ParserLimits | undefined) {
    const parser = createRequestParser(limits)
    this.#parser = parser
    this.#isLimited = limits !== undefined
    for (const piece of pieces) {
      // A copy, because the events may use its memory.
      parser.push(Uint8Array.from(piece))
      this.#drain()
    }
    if (this.#isOver) return
    const { isWithinRequest } = parser
    parser.end()
    this.#drain()
    check(this.#isOver === isWithinRequest, `isWithinRequest was ${isWithinRequest} at the end: ${this.log}`)
  }

  #drain(): void {
    for (let left = MAX_EVENTS; left > 0; left--) {
      const before = this.#parser.rest.length
      const event = this.#parser.next()
      if (event === undefined) return
      check(!this.#isOver, 'an event follows an error')
      check(this.#parser.rest.length <= before, 'bytes come back')
      this.#add(event)
    }
    throw new Error('the parser returns events without end')
  }

  #add(event: RequestEvent): void {
    switch (event.type) {
      case 'head':
        check(this.#head === undefined, 'a head follows a head')
        checkHead(event)
        this.#head = event
        this.#body = ''
        break
      case 'data':
        check(this.#head !== undefined && event.bytes.length > 0, 'data without a head, or nothing in it')
        this.#body += Buffer.from(event.bytes).toString('latin1')
        // It must belong to the caller.
        event.bytes.fill(0)
        break
      case 'end':
        this.#end()
        break
      case 'error':
        check(STATUSES.has(event.error.status), `the status is ${event.error.status}`)
        this.#isOver = true
        // How much of the body is passed on before an error in it depends on the pieces.
        if (!event.isCutOff) this.#body = ''
        this.log += `${this.#open()}${event.isCutOff}`
        // If a limit is exceeded and there is another error, the pieces decide which of them is found first.
        if (this.#isLimited) return
        this.log += `${event.error.status} ${event.error.message}\n`
        if (event.head !== undefined) this.log += describe(event.head)
    }
  }

  #end(): void {
    const head = this.#head
    if (head === undefined) throw new Error('an end without a head')
    const { bodyLength, method, target, minorVersion, rawHeaders } = head
    const body = this.#body
    check(
      bodyLength === CHUNKED || bodyLength === body.length,
      `the body has ${body.length} bytes, not ${bodyLength}`,
    )
    this.log += this.#open()
    this.accepted = this.log
    this.#head = undefined
    const lines = rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}:` : `${text}\r\n`)).join('')
    const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`
    const framed = bodyLength === CHUNKED ? `${chunk}0\r\n\r\n` : body
    this.written += `${method} ${target} HTTP/1.${minorVersion}\r\n${lines}\r\n${framed}`
  }

  /** Returns the request that is not in the log yet. */
  #open(): string {
    return this.#head === undefined ? '' : `${describe(this.#head)}${this.#body}\n`
  }
}

function describe(head: RequestHead): string {
  return `${JSON.stringify({ ...head, rawHeaders: head.rawHeaders })}\n`
}

function checkHead(head: RequestHead): void {
  const { method, target, minorVersion, host, bodyLength, rawHeaders } = head
  check(METHODS.includes(method) && method !== 'CONNECT' && method !== 'TRACE', `the method is ${method}`)
  check(/^[!"$-~]+$/.test(target), `the target is ${target}`)
  check(minorVersion === 0 || host !== undefined, 'there is no host')
  const values = new Map<string, string[]>()
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    check(/^[!#$%&'*+.^_`|~\w-]+$/.test(name), `a name is ${name}`)
    check(/^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/.test(value), `a value is ${value}`)
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), value])
  }
  const [lengths = [], codings = [], hosts = []] = ['content-length', 'transfer-encoding', 'host'].map(
    (name) => values.get(name),
  )
  check(lengths.length + codings.length <= 1, 'the length of the body is ambiguous')
  const expected = codings.length === 1 ? CHUNKED : Number(lengths[0] ?? 0)
  check(bodyLength === expected, `the length of the body is ${bodyLength}, not ${expected}`)
  check(hosts.length <= 1 && hosts[0] === host && head.field('host') === host, `the host is ${host}`)
}

const CHUNKED = -1
/** More than the inputs can cause. */
const MAX_EVENTS = 10_000
const STATUSES: ReadonlySet<number> = new Set([400, 413, 414, 417, 431, 501, 505])

function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}
