/** What does not hold on a runtime, and why: found by running the suite, which also finds where it holds after all. */
import type { Case } from './suite/site.ts'

export interface Exception {
  readonly runtime: string
  readonly cases: readonly string[]
  readonly why: string
}

export const exceptions: readonly Exception[] = [
  {
    runtime: 'Node, uwsgi, nginx',
    cases: ['a body is read while it is still being sent', 'a body is echoed while it is still being sent'],
    why: 'nginx reads the body of a request to its end before it passes the request on.',
  },
  {
    runtime: 'Node, uwsgi, nginx',
    cases: ['a failure in mid-stream cuts the response off'],
    why: 'Over a unix socket, a response that is cut off looks to nginx like one that has ended; over TCP it does not.',
  },
  {
    runtime: 'workerd',
    cases: ['remoteAddress is the client’s'],
    why: 'workerd by itself does not say who the client is; Cloudflare does, in the field `CF-Connecting-IP`.',
  },
  {
    runtime: 'workerd',
    cases: ['413 reaches a client that is still sending'],
    why: 'workerd closes the connection after an answer to a request whose body was not read.',
  },
  {
    runtime: 'workerd',
    cases: ['signal aborts when the client closes the connection'],
    why: 'workerd learns that a client has closed its connection when it next writes to it.',
  },
]

/** Why this case does not hold on this runtime; undefined where it does. */
export function exceptionOf(runtime: string, { name }: Case): Exception | undefined {
  return exceptions.find((exception) => exception.runtime === runtime && exception.cases.includes(name))
}
