import { closes, upgrades } from './differential.ts'
import { isOldParser } from './seen-by-node.ts'

const head = (fields: string, line = 'POST / HTTP/1.1') => `${line}\r\nHost: a\r\n${fields}\r\n`
const chunked = (body: string) => `${head('Transfer-Encoding: chunked\r\n')}${body}`

/** llhttp 9.4 rejects a second field, too. */
const repeatedCoding = [
  'The request has more than one Transfer-Encoding.',
  head('Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n'),
] as const

/**
 * The error messages for requests that the parser rejects and node:http accepts, each with an example. Everything else that
 * the parser rejects, node:http rejects, too. A new entry is a decision: add it to the list in the README.
 */
export const stricter: ReadonlyMap<string, string> = new Map([
  // node:http keeps the connection in HTTP/1.0.
  [
    closes,
    `GET / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n${head('', 'GET / HTTP/1.0')}`,
  ],
  // node:http loses the bytes that have arrived together with the request.
  [upgrades, head('Connection: upgrade\r\nUpgrade: h2c\r\n', 'GET / HTTP/1.1') + head('')],
  // More than one SP between the parts, no version, or an LF or a second empty line before it.
  ['The request line is malformed.', head('', 'GET  / HTTP/1.1')],
  // Before the request line.
  ['A line ends in a bare CR.', `\r${head('')}`],
  // node:http knows PRI.
  ['The method is unknown.', head('', 'PRI /')],
  // A `Request` cannot have these.
  ['CONNECT is not supported.', 'CONNECT a:80 HTTP/1.1\r\n'],
  ['TRACE is not supported.', head('', 'TRACE / HTTP/1.1')],
  // The asterisk form for methods other than OPTIONS, URLs without a host, and those with user information.
  ['The request target is neither a path nor an http URL.', head('', 'GET * HTTP/1.1')],
  ['The version of HTTP is not supported.', head('', 'GET / HTTP/2.0')],
  // node:http responds with 400, too, but passes what follows to the application.
  ['The request has no Host field.', `GET / HTTP/1.1\r\n\r\n${head('')}`],
  ['The request has more than one Host field.', head('Host: a\r\n')],
  ['The last transfer coding is not chunked.', head('Transfer-Encoding: "chunked"\r\n')],
  ['The only transfer coding that is understood is chunked.', head('Transfer-Encoding: gzip, chunked\r\n')],
  ['Transfer-Encoding is not part of HTTP/1.0.', head('Transfer-Encoding: chunked\r\n', 'POST / HTTP/1.0')],
  ['The only supported expectation is 100-continue.', head('Expect: 200-ok\r\n') + head('')],
  // More digits than a number has room for that is exact.
  ['The Content-Length is too long.', `${head('Content-Length: 0000000000000005\r\n')}hello`],
  ['The size of a chunk is too long.', chunked('0000000000005\r\nhello\r\n0\r\n\r\n')],
  // Extensions without a name or a value.
  ['A chunk extension is malformed.', chunked('5;=b\r\nhello\r\n0\r\n\r\n')],
  // Node's parser only rejects some of these.
  ['The trailer contains a field that it must not contain.', chunked('0\r\nHost: b\r\n\r\n')],
  ...(isOldParser ? [repeatedCoding] : []),
])
