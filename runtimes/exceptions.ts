/** The cases that fail on a runtime, and why. The suite fails if a case is missing here, or listed here and passes. */
import type { Case } from './suite/site.ts'

export interface Exception {
  readonly runtime: string
  readonly cases: readonly string[]
  readonly why: string
}

export const exceptions: readonly Exception[] = [
  {
    runtime: 'Node, uwsgi, nginx',
    cases: [
      'a body can be read while the client is sending it',
      'a body can be echoed while the client is sending it',
    ],
    why: 'nginx reads the whole request body before it forwards the request.',
  },
  {
    runtime: 'Node, uwsgi, nginx',
    cases: [
      'an error in a stream cuts the response off',
      'an error in a compressed stream cuts the response off',
    ],
    why: 'Over a unix socket, nginx cannot tell a response that was cut off from one that ended. Over TCP it can.',
  },
  {
    runtime: 'Node, uwsgi, nginx',
    cases: [
      'a WebSocket echoes text and bytes in order',
      'cookies and fields that middleware adds are on the 101',
      'a subprotocol is chosen by the application',
      'no subprotocol is chosen if the application speaks none of them',
      'a message of a WebSocket reaches the others in its channel',
      'a WebSocket from a page of another origin is rejected',
      'a request that is not the handshake of a WebSocket gets a 426',
      'a WebSocket is closed with 1000 when its handler returns, and with 1011 if it throws',
      'a WebSocket is closed with 1009 if a message is too large',
      'no message is lost that the application sends in a loop',
      'the loop ends when the client of a WebSocket leaves',
    ],
    why: 'The uwsgi protocol cannot carry WebSockets: the client gets status 501.',
  },
  {
    runtime: 'workerd',
    cases: ['remoteAddress is the address of the client'],
    why: 'workerd does not pass on the address of the client. Cloudflare does, in the field `CF-Connecting-IP`.',
  },
  {
    runtime: 'workerd',
    cases: ['a message of a WebSocket reaches the others in its channel'],
    why: 'Workers cannot send on the WebSocket of another request, except inside one Durable Object.',
  },
  {
    runtime: 'workerd',
    cases: ['a 413 reaches a client that is still sending'],
    why: 'workerd closes the connection after a response to a request whose body was not read.',
  },
  {
    runtime: 'workerd',
    cases: ['signal aborts when the client closes the connection'],
    why: 'workerd only notices a closed connection when it next writes to it.',
  },
  {
    runtime: 'Bun',
    cases: ['a large file is sent with its length'],
    why: 'Bun sends a stream in chunks, without its `Content-Length`.',
  },
  {
    runtime: 'workerd',
    cases: [
      'a file in a folder is served',
      'a large file in a folder arrives unchanged',
      'a large file is sent with its length',
    ],
    why: 'workerd has no file system. `@tsgi/static` serves files from other sources there.',
  },
]

/** Returns the reason that a case fails on a runtime, or undefined if it passes. */
export function exceptionOf(runtime: string, { name }: Case): Exception | undefined {
  return exceptions.find((exception) => exception.runtime === runtime && exception.cases.includes(name))
}
