import { closes } from './differential.ts'

/**
 * The error messages for requests that the parser rejects and node:http accepts. Everything else that the parser rejects,
 * node:http rejects, too. A new entry is a decision: add it to the list in the README.
 */
export const stricter: ReadonlySet<string> = new Set([
  // node:http keeps the connection in HTTP/1.0.
  closes,
  // More than one SP between the parts, no version, or an LF or a second empty line before it.
  'The request line is malformed.',
  // Before the request line.
  'A line ends in a bare CR.',
  // TRACE and CONNECT, which a `Request` cannot have.
  // PRI, which node:http passes on in some requests without a version.
  'The method is unknown.',
  'CONNECT is not supported.',
  'TRACE is not supported.',
  // The asterisk form for methods other than OPTIONS, and URLs without a host.
  'The request target is neither a path nor an http URL.',
  'The version of HTTP is not supported.',
  // node:http responds with 400, too, but passes what follows to the application.
  'The request has no Host field.',
  'The request has more than one Host field.',
  'The request has more than one Transfer-Encoding.',
  'The last transfer coding is not chunked.',
  'The only transfer coding that is understood is chunked.',
  'Transfer-Encoding is not part of HTTP/1.0.',
  'The only supported expectation is 100-continue.',
  // Extensions without a name or a value.
  'The chunks of the body are malformed.',
  // Node's parser only rejects framing fields.
  'The trailer contains a field that it must not contain.',
])
