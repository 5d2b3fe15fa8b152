import type { Row } from '../table.ts'
import { chunkExtensions, chunks, trailers } from './chunked.ts'
import { fieldLines, hostField } from './fields.ts'
import { connection, contentLength, transferEncoding, unreadBodies } from './framing.ts'
import { requestLine, requestTarget } from './request-line.ts'

/** All tables of HTTP/1.1, by what they are about. */
export const tables: Readonly<Record<string, readonly Row[]>> = {
  'the request line': requestLine,
  'the request target': requestTarget,
  'the Host field': hostField,
  'field lines': fieldLines,
  'Content-Length': contentLength,
  'Transfer-Encoding': transferEncoding,
  chunks,
  'chunk extensions': chunkExtensions,
  trailers,
  'unread bodies': unreadBodies,
  'the connection': connection,
}
