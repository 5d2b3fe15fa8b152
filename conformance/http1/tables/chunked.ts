import { chunked, either, HIDDEN, type Row, reads, refused } from '../table.ts'

/** A body of one chunk with this size line, followed by a hidden request. */
const size = (line: string) => chunked(`${line}hello\r\n0\r\n\r\n${HIDDEN}`)
/** A body of one chunk of five bytes with this after its size. */
const extension = (text: string) => chunked(`5${text}\r\nhello\r\n0\r\n\r\n`)
/** A body of one chunk and this after its last chunk's size line. */
const trailer = (text: string) => chunked(`5\r\nhello\r\n0\r\n${text}`)
const HELLO = reads('POST a/ hello')

export const chunks: readonly Row[] = [
  [
    'several chunks',
    chunked('5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'),
    reads('POST a/ hello world'),
    'RFC 9112 §7.1',
  ],
  [
    '2,000 chunks of one byte',
    chunked(`${'1\r\na\r\n'.repeat(2_000)}0\r\n\r\n`),
    reads(`POST a/ ${'a'.repeat(2_000)}`),
    'RFC 9112 §7.1',
  ],
  ['no chunk but the last', chunked('0\r\n\r\n'), reads('POST a/ '), 'RFC 9112 §7.1'],
  [
    'a chunk that looks like chunks',
    chunked('a\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n'),
    reads('POST a/ 0\r\n\r\n0\r\n\r\n'),
    'RFC 9112 §7.1',
  ],
  [
    'a chunk that looks like a request',
    chunked(`21\r\n${HIDDEN}\r\n0\r\n\r\n`),
    reads(`POST a/ ${HIDDEN}`),
    'RFC 9112 §7.1',
  ],
  [
    'a size in capitals',
    chunked(`A\r\n0123456789\r\n0\r\n\r\n`),
    reads('POST a/ 0123456789'),
    'RFC 9112 §7.1',
  ],
  ['a size with leading zeros', chunked('0005\r\nhello\r\n000\r\n\r\n'), HELLO, 'RFC 9112 §7.1'],
  ['a size with a plus sign', size('+5\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a negative size', size('-5\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a size with 0x', size('0x5\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a size that is not hexadecimal', size('g\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a list of sizes', size('5,5\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['no size', size('\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a space before the size', size(' 5\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a tab after the size', size('5\t\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a vertical tab after the size', size('5\x0b\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a NUL after the size', size('5\0\r\n'), refused(400), 'RFC 9112 §7.1'],
  ['a size of 2^64 + 5', size('10000000000000005\r\n'), refused(400, 413), 'RFC 9112 §7.1'],
  ['a size of 100 digits', size(`${'f'.repeat(100)}\r\n`), refused(400, 413), 'RFC 9112 §7.1'],
  ['a bare LF after the size', size('5\n'), refused(400), 'RFC 9112 §2.2'],
  ['a bare CR after the size', size('5\r'), refused(400), 'RFC 9112 §2.2'],
  [
    'bytes between a chunk and its CRLF',
    chunked(`5\r\nhelloXX\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1',
  ],
  ['bytes in place of its CRLF', chunked(`5\r\nhelloXX0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §7.1'],
  [
    'a chunk longer than its size',
    chunked(`4\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1',
  ],
  [
    'a chunk shorter than its size',
    chunked(`6\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1',
  ],
  ['a bare LF after a chunk', chunked(`5\r\nhello\n0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §2.2'],
  ['a bare CR after a chunk', chunked(`5\r\nhello\r0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §2.2'],
  [
    'a last chunk with a minus sign',
    chunked(`5\r\nhello\r\n-0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1',
  ],
  [
    'a bare LF after the last chunk',
    chunked(`5\r\nhello\r\n0\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §2.2',
  ],
  ['a bare LF that ends the body', chunked(`5\r\nhello\r\n0\r\n\n${HIDDEN}`), refused(400), 'RFC 9112 §2.2'],
]

export const chunkExtensions: readonly Row[] = [
  ['a name', extension(';a'), HELLO, 'RFC 9112 §7.1.1'],
  ['a name and a value', extension(';a=b'), HELLO, 'RFC 9112 §7.1.1'],
  ['a quoted value', extension(';a="b c"'), HELLO, 'RFC 9112 §7.1.1'],
  ['a semicolon in a quoted value', extension(';a="b;c"'), HELLO, 'RFC 9112 §7.1.1'],
  ['an escaped quotation mark', extension(';a="b\\"c"'), HELLO, 'RFC 9112 §7.1.1'],
  ['several', extension(';a=b;c;d="e"'), HELLO, 'RFC 9112 §7.1.1'],
  ['one on the last chunk', chunked('5\r\nhello\r\n0;a=b\r\n\r\n'), HELLO, 'RFC 9112 §7.1.1'],
  ['none after the semicolon', extension(';'), either(HELLO, refused(400)), 'RFC 9112 §7.1.1'],
  ['white space around it', extension(' ; a = b'), either(HELLO, refused(400)), 'RFC 9112 §7.1.1'],
  ['a space and nothing else', extension(' '), either(HELLO, refused(400)), 'RFC 9112 §7.1.1'],
  ['an LF', chunked(`5;\nxx\r\nhello\r\n0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §7.1.1'],
  ['an LF after the name', chunked(`5;a\nhello\r\n0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §7.1.1'],
  [
    'an LF in a quoted value',
    chunked(`5;a="\n"\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  [
    'a CRLF in a quoted value',
    chunked(`5;a="\r\nhello"\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  ['a bare CR', chunked(`5;a\rb\r\nhello\r\n0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §7.1.1'],
  [
    'a bare CR in a quoted value',
    chunked(`5;a="\r"\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  ['a NUL in a value', chunked(`5;a=\0\r\nhello\r\n0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §7.1.1'],
  [
    'a quotation mark that is not closed',
    chunked(`5;a="\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  [
    'text after a quoted value',
    chunked(`5;a="b"c\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  [
    'a name that is not a token',
    chunked(`5;a@b\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §7.1.1',
  ],
  [
    '100,000 characters',
    chunked(`5;${'a'.repeat(100_000)}\r\nhello\r\n0\r\n\r\n`),
    refused(400, 413, 431),
    'RFC 9112 §7.1.1',
  ],
]

export const trailers: readonly Row[] = [
  ['a field', trailer('X: y\r\n\r\n'), HELLO, 'RFC 9112 §7.1.2'],
  ['two fields', trailer('X: y\r\nZ: \r\n\r\n'), HELLO, 'RFC 9112 §7.1.2'],
  ['a bare LF after a field', trailer(`X: y\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §2.2'],
  ['a line without a colon', trailer(`X\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §5'],
  ['a space before the colon', trailer(`X : y\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §5.1'],
  ['a folded value', trailer(`X: y\r\n z\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9112 §5.2'],
  ['a NUL in a value', trailer(`X: \0\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9110 §5.5'],
  ['Content-Length', trailer(`Content-Length: 33\r\n\r\n${HIDDEN}`), refused(400), 'RFC 9110 §6.5.1'],
  [
    'Transfer-Encoding',
    trailer(`Transfer-Encoding: chunked\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9110 §6.5.1',
  ],
  [
    'a value of 100,000 characters',
    trailer(`X: ${'a'.repeat(100_000)}\r\n\r\n`),
    refused(400, 413, 431),
    'RFC 6585 §5',
  ],
]
