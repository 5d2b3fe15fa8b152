/**
 * Why the engine refuses what node:http takes, by the words of its refusal. Whatever else it refuses, node:http refuses
 * too; a new reason here is a decision, and stands in decisions/0008.
 */
export const stricter: ReadonlySet<string> = new Set([
  // More than one SP between the parts, no version, or an LF or a second empty line in front.
  'The request line is malformed.',
  // One in front of the request line.
  'A line ends in a bare CR.',
  // TRACE and CONNECT, which no `Request` can carry.
  'The method is not supported.',
  // The asterisk-form for other methods than OPTIONS, and URLs without a host.
  'The request target is neither a path nor an http URL.',
  'HTTP Version Not Supported',
  // node:http answers 400 to this too, but hands what is behind it to the application.
  'The request has no Host field.',
  'The request has more than one Host field.',
  'The request has more than one Transfer-Encoding.',
  'The last transfer coding is not chunked.',
  'The only transfer coding that is understood is chunked.',
  'Transfer-Encoding is not part of HTTP/1.0.',
  'The only expectation that can be met is 100-continue.',
  // Extensions without a name or a value.
  'The chunks of the body are malformed.',
  // Node's parser refuses those of framing alone.
  'The trailer holds a field that it may not.',
])
