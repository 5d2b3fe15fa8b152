import { randomUUID } from 'node:crypto'
import type { Finished } from '@tsgi/core'
import type { Answered, Observer, Requested } from './observer.ts'

/** The form of a line: Apache's and nginx's combined form and after it the request's id, or pino's JSON. */
export type AccessLogFormat = 'combined' | 'json'

/** Where lines go, each with its line end: a stream, or anything that takes text. */
export interface LineSink {
  write(line: string): unknown
}

/** What is known of one request when its response has ended. */
export interface Access {
  readonly requestId: string
  readonly remoteAddress: string
  readonly method: string
  /** The request target as received. */
  readonly url: string
  readonly protocol: string
  readonly host: string
  /** What was answered; 499 where the client left before. */
  readonly status: number
  /** Bytes of the response's body. */
  readonly bytes: number
  /** Milliseconds from the request's arrival to the end of the response. */
  readonly duration: number
  /** Whether the response was cut off. */
  readonly aborted: boolean
  readonly referer: string | undefined
  readonly userAgent: string | undefined
}

/** Writes one line for each response. */
export type AccessLog = (access: Access) => void

/**
 * The log that the options `accessLog` and `accessLogTo` ask for; undefined where they ask for none.
 *
 * @throws TypeError naming the option that is wrong, and what was expected.
 */
export function createAccessLog(
  format: unknown,
  sink: unknown,
  onFailure: (error: unknown) => void,
): AccessLog | undefined {
  if (sink !== undefined && typeof (sink as Partial<LineSink> | null)?.write !== 'function') {
    throw new TypeError(`serve: accessLogTo must have a method write(line), got ${String(sink)}`)
  }
  if (format === undefined) {
    if (sink !== undefined) throw new TypeError('serve: accessLogTo must go with accessLog')
    return undefined
  }
  if (format !== 'combined' && format !== 'json') {
    throw new TypeError(`serve: accessLog must be 'combined' or 'json', got ${String(format)}`)
  }
  const guarded = guard((sink as LineSink | undefined) ?? process.stdout, onFailure)
  if (format === 'combined') return (access) => guarded.write(combinedLine(access, new Date()))
  return (access) => guarded.write(jsonLine(access, new Date()))
}

/** A log that fails is no reason for a request to fail. */
function guard(sink: LineSink, onFailure: (error: unknown) => void): LineSink {
  return {
    write(line) {
      try {
        sink.write(line)
      } catch (error) {
        onFailure(error)
      }
    },
  }
}

/**
 * The request's own `X-Request-Id` where it is well-formed, so that one id follows a request through every server; a
 * new one otherwise.
 */
export function identify({ headers }: Requested): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID()
}

/** What needs no escape in any log, field or query. */
const WELL_FORMED = /^[\w.:-]{1,128}$/

/** What the log says of a request, and of how its response ended. */
export function accessOf(
  { headers, method = '-', url = '' }: Requested,
  answered: Answered,
  { bytes, duration, aborted }: Finished,
): Access {
  const { requestId = '', remoteAddress, protocol, host, status } = answered
  const client = { referer: headers.referer, userAgent: headers['user-agent'] }
  const response = { status: status === 0 ? CLIENT_LEFT : status, bytes, duration, aborted }
  return { requestId, remoteAddress, method, url, protocol, host, ...response, ...client }
}

/** Has the log written when responses end. */
export function accessObserver(log: AccessLog): Observer {
  return {
    began() {},
    ended(request) {
      request.finished.then((finished) => log(accessOf(request.incoming, request, finished)))
    },
  }
}

/** What nginx logs where nothing was answered. */
const CLIENT_LEFT = 499

/** One line in JSON, with the members that the viewers of pino's logs expect. */
function jsonLine(access: Access, now: Date): string {
  return `${JSON.stringify({ level: 30, time: now.toISOString(), pid: process.pid, ...access })}\n`
}

/** One line in the combined form, times in UTC. */
export function combinedLine(access: Access, now: Date): string {
  const { remoteAddress, method, url, protocol, status, bytes, referer, userAgent, requestId } = access
  const request = quote(`${method} ${url} ${protocol}`)
  const head = `${remoteAddress === '' ? '-' : remoteAddress} - - [${clock(now)}] ${request}`
  return `${head} ${status} ${bytes} ${quote(referer)} ${quote(userAgent)} ${quote(requestId)}\n`
}

/** Text that can end neither its quotes nor its line: all but printable ASCII as `\xHH`, as Apache and nginx write it. */
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
