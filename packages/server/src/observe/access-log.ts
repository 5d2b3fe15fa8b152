import type { EventEmitter } from 'node:events'
import type { Finished } from '@tsgi/core'
import type { ObservedRequest, Observer } from '@tsgi/core/gateway'

/** The format of a line: the combined format of Apache and nginx followed by the request id, or JSON. */
export type AccessLogFormat = 'combined' | 'json'

/** A destination of lines, such as a stream. Each line ends with a line feed. */
export interface LineSink {
  write(line: string): unknown
}

/** The data of a request when its response has ended. */
export interface Access {
  readonly requestId: string
  readonly remoteAddress: string
  readonly method: string
  /** The request target as received. */
  readonly url: string
  readonly protocol: string
  readonly host: string
  /** The status of the response; 499 if the client disconnected before it began. */
  readonly status: number
  /** The size of the response's body in bytes. */
  readonly bytes: number
  /** Time from the request's arrival to the end of the response, in milliseconds. */
  readonly duration: number
  /** Whether the response was cut off. */
  readonly aborted: boolean
  readonly referer: string | undefined
  readonly userAgent: string | undefined
  /** Whether the request was rejected because the process is overloaded; undefined if not. */
  readonly shed?: true
}

/**
 * Returns the log that the options `accessLog` and `accessLogTo` describe: an observer that writes one line for each
 * response. Returns undefined if there is no log.
 *
 * @throws TypeError if one of them is invalid.
 */
export function createAccessLog(
  format: unknown,
  sink: unknown,
  onFailure: (error: unknown) => void,
): Observer | undefined {
  if (sink !== undefined && typeof (sink as Partial<LineSink> | null)?.write !== 'function') {
    throw new TypeError(`serve: accessLogTo must have a method write(line), got ${String(sink)}`)
  }
  if (format === undefined) {
    if (sink !== undefined) throw new TypeError('serve: accessLogTo must be used with accessLog')
    return undefined
  }
  if (format !== 'combined' && format !== 'json') {
    throw new TypeError(`serve: accessLog must be 'combined' or 'json', got ${String(format)}`)
  }
  const guarded = guard((sink as LineSink | undefined) ?? process.stdout, onFailure)
  const lineOf = format === 'combined' ? combinedLine : jsonLine
  const write = (request: ObservedRequest, end: Finished) =>
    guarded.write(lineOf(accessOf(request, end), new Date()))
  return { needsRequestId: true, ended: write, rejected: write }
}

/** The parts of a stream that a sink may have. */
interface Stream {
  readonly on: EventEmitter['on']
  /** The number of bytes or characters that have not been written yet. */
  readonly writableLength: number
}

/**
 * Reports lost lines, once per series of failures. A full disk or a closed pipe must not end the process, and a reader
 * that has stopped reading must not use up its memory.
 */
function guard(sink: LineSink & Partial<Stream>, report: (error: unknown) => void): LineSink {
  let isFailing = false
  let isStalled = false
  const onFailure = (cause: unknown) => {
    if (!isFailing) report(new Error('The access log cannot be written: lines are lost', { cause }))
    isFailing = true
  }
  sink.on?.('error', onFailure)
  return {
    write(line) {
      const wasStalled = isStalled
      isStalled = (sink.writableLength ?? 0) > (wasStalled ? MAX_PENDING / 2 : MAX_PENDING)
      if (isStalled) {
        if (!wasStalled) report(new Error('The access log is not read fast enough: lines are lost'))
        return
      }
      try {
        const returned = sink.write(line)
        if (returned instanceof Promise) returned.catch(onFailure)
      } catch (error) {
        onFailure(error)
      }
    },
  }
}

/** Maximum number of bytes of lines that wait to be written. */
const MAX_PENDING = 16 * 1024 * 1024

function accessOf(request: ObservedRequest, { bytes, duration, aborted }: Finished): Access {
  const { requestId = '', remoteAddress, method, target, protocol, host, status, headers, isShed } = request
  return {
    requestId,
    remoteAddress,
    method,
    url: target,
    protocol,
    host,
    status: status === 0 ? CLIENT_LEFT : status,
    bytes,
    duration,
    aborted,
    referer: headers.get('referer') ?? undefined,
    userAgent: headers.get('user-agent') ?? undefined,
    ...(isShed === true && { shed: true }),
  }
}

/** The status that nginx logs if there was no response. */
const CLIENT_LEFT = 499

/** Formats a line as JSON, with the members that tools for pino expect. */
function jsonLine(access: Access, now: Date): string {
  return `${JSON.stringify({ level: 30, time: now.toISOString(), pid: process.pid, ...access })}\n`
}

/** Formats a line in the combined format with times in UTC. */
export function combinedLine(access: Access, now: Date): string {
  const { remoteAddress, method, url, protocol, status, bytes, referer, userAgent, requestId } = access
  const request = quote(`${method} ${url} ${protocol}`)
  const head = `${remoteAddress === '' ? '-' : remoteAddress} - - [${clock(now)}] ${request}`
  return `${head} ${status} ${bytes} ${quote(referer)} ${quote(userAgent)} ${quote(requestId)}\n`
}

/** Quotes text. Escapes everything but printable ASCII as `\xHH`, like Apache and nginx, to prevent forged lines. */
function quote(text: string | undefined): string {
  if (text === undefined) return '"-"'
  return `"${text.replace(/[^ !#-[\]-~]/g, escaped)}"`
}

function escaped(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

/** `22/Nov/2026:13:05:09 +0000` */
function clock(now: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+) GMT$/.exec(now.toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}
