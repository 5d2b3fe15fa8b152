import { chunked, post } from '../table.ts'

const BODY = post('Content-Length: 5\r\n', 'hello')
const CHUNKED = chunked('5\r\nhello\r\n0\r\nX: y\r\n\r\n')

/** Requests that stop after so many bytes, counted from the end if negative. The server must wait for the rest. */
export const incomplete: readonly (readonly [name: string, request: string, cut: number, source: string])[] =
  [
    ['in the method', BODY, 2, 'RFC 9112 §3'],
    ['in the version', BODY, 'POST / HTTP/1'.length, 'RFC 9112 §3'],
    ['in the CRLF of the request line', BODY, 'POST / HTTP/1.1\r'.length, 'RFC 9112 §2.1'],
    ['after the request line', BODY, 'POST / HTTP/1.1\r\n'.length, 'RFC 9112 §2.1'],
    ['in the name of a field', BODY, 'POST / HTTP/1.1\r\nHo'.length, 'RFC 9112 §5'],
    ['in the length of a body', BODY, BODY.indexOf('5'), 'RFC 9112 §6.2'],
    ['before the LF that ends the head', BODY, -6, 'RFC 9112 §2.1'],
    ['before the body', BODY, -5, 'RFC 9112 §6.2'],
    ['before the last byte of the body', BODY, -1, 'RFC 9112 §6.2'],
    ['before the first chunk', CHUNKED, CHUNKED.indexOf('5\r\n'), 'RFC 9112 §7.1'],
    ['in the CRLF of a chunk size', CHUNKED, CHUNKED.indexOf('5\r\n') + 2, 'RFC 9112 §7.1'],
    ['in a chunk', CHUNKED, CHUNKED.indexOf('llo'), 'RFC 9112 §7.1'],
    ['in the CRLF of a chunk', CHUNKED, CHUNKED.indexOf('llo') + 4, 'RFC 9112 §7.1'],
    ['before the last chunk', CHUNKED, CHUNKED.indexOf('0\r\n'), 'RFC 9112 §7.1'],
    ['before the trailer', CHUNKED, CHUNKED.indexOf('X:'), 'RFC 9112 §7.1.2'],
    ['before the empty line that ends the trailer', CHUNKED, -2, 'RFC 9112 §7.1.2'],
    ['before the last LF', CHUNKED, -1, 'RFC 9112 §7.1.2'],
  ]
