/** Generates attacks: requests in which any part may be wrong, with mutated bytes, cut anywhere. */
import fc from 'fast-check'
import { codings, lengths, others } from './hostile-fields.ts'

/** Generates mostly the first, sometimes one of the others. */
function mostly(usual: string, ...others: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )
}

const eol = () =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constant('\r\n') },
    fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', '\x0b\r\n', ''),
  )
const space = () => mostly(' ', '  ', '\t', '', ' \t')

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'PUT') },
  fc.constantFrom(
    'get',
    'FOO',
    'M-SEARCH',
    'PRI',
    'CONNECT',
    'TRACE',
    '',
    'G@T',
    'GE\0T',
    'QUERY',
    '\r\nGET',
    '\r\n\r\nGET',
    '\nGET',
  ),
)
const target = mostly(
  '/',
  '/a?b=c',
  '*',
  'http://a/b',
  'HTTPS://A',
  '/a b',
  '/\0',
  '/\xfc',
  '/#f',
  '',
  'a',
  '//',
  '/%zz',
  '/\\',
  'a:80',
  '/\x7f',
)
const version = mostly(
  'HTTP/1.1',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/1.10',
  'HTTP/0.9',
  'HTTP/1.1 ',
  'HTP/1.1',
  'HTTP/01.1',
  'HTTP/3.0',
  '',
)

const field = fc.oneof(
  fc.constantFrom(...lengths).map((value) => `Content-Length: ${value}`),
  fc.constantFrom(...codings).map((value) => `Transfer-Encoding: ${value}`),
  fc.constantFrom(...others),
)

const size = mostly(
  '5',
  '05',
  '5 ',
  ' 5',
  '5\t',
  '5;a=b',
  '5;a',
  '5;a="q\\"x"',
  '5;a="\n"',
  '5;',
  '5 ;a',
  '5; a=b',
  '5;a =b',
  '0x5',
  '-5',
  '+5',
  'g',
  'FFFFFFFFFFFFFFFFF',
  '100000005',
  '',
  '5;a=b;c',
  '5;a="',
  '5;=b',
  '5;a=\0',
  '5,5',
  '4',
  '6',
)
const chunk = fc
  .tuple(size, eol(), mostly('hello', 'hell', 'helloo', ''), eol())
  .map((parts) => parts.join(''))
const lastChunk = mostly('0', '00', '0;a=b', '0;', '0 ', '-0', '0x0')
const trailer = fc
  .array(
    fc
      .tuple(
        fc.oneof(fc.constantFrom('X: y', 'Content-Length: 5', 'Transfer-Encoding: chunked'), field),
        eol(),
      )
      .map((parts) => parts.join('')),
    { maxLength: 1 },
  )
  .map((lines) => lines.join(''))
const chunks = fc
  .tuple(
    fc.array(chunk, { maxLength: 2 }).map((list) => list.join('')),
    lastChunk,
    eol(),
    trailer,
    eol(),
  )
  .map((parts) => parts.join(''))

/** Generates framing fields and a body that may not match. */
const framed = fc.oneof(
  { weight: 4, arbitrary: fc.constant(['', ''] as const) },
  { weight: 3, arbitrary: fc.constant(['Content-Length: 5\r\n', 'hello'] as const) },
  { weight: 6, arbitrary: chunks.map((body) => ['Transfer-Encoding: chunked\r\n', body] as const) },
  fc.tuple(fc.constant(''), fc.oneof(chunks, fc.constantFrom('hello', '\r\n', '\n', '\r', '\r\n\r\n'))),
)

const request = fc
  .tuple(
    method,
    space(),
    target,
    space(),
    version,
    eol(),
    mostly('Host: a\r\n', ''),
    fc.array(fc.tuple(field, eol()), { maxLength: 2 }),
    framed,
    eol(),
  )
  .map(
    ([method, one, target, two, version, end, host, fields, [framing, body], last]) =>
      `${method}${one}${target}${two}${version}${end}${host}${fields.flat().join('')}${framing}${last}${body}`,
  )

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.constantFrom(0, 0, 1, 1, 2),
  inserted: fc.constantFrom(
    '',
    '',
    '\0',
    '\t',
    '\n',
    '\r',
    '\r\n',
    ' ',
    ':',
    ',',
    ';',
    '0',
    '1',
    '"',
    '\x7f',
    '\x80',
    '\xff',
    '\x0b',
    '\r\n\r\n',
  ),
})

/** The part of the bytes that arrives: usually all. */
const arriving = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 1, noNaN: true }) },
)

/** Generates one or two requests followed by a correct one, with a few bytes changed, and sometimes without the end. */
const text = fc
  .tuple(
    fc.array(request, { minLength: 1, maxLength: 2 }),
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(edit, { maxLength: 2 })),
    arriving,
  )
  .map(([requests, edits, part]) => {
    let text = `${requests.join('')}GET /next HTTP/1.1\r\nHost: b\r\n\r\n`
    for (const { at, removed, inserted } of edits) {
      const start = Math.floor(at * text.length)
      text = text.slice(0, start) + inserted + text.slice(start + removed)
    }
    return text.slice(0, Math.ceil(part * text.length))
  })

/** Cuts the bytes into pieces. */
export const hostileBytes: fc.Arbitrary<Uint8Array[]> = fc
  .tuple(text, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }))
  .map(([text, cuts]) => {
    const bytes = Buffer.from(text, 'latin1')
    const places = [
      0,
      ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b),
      bytes.length,
    ]
    return places
      .slice(1)
      .map((end, n) => bytes.subarray(places[n], end))
      .filter((piece) => piece.length > 0)
  })

/** Formats pieces for an error message. */
export function showPieces(pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => JSON.stringify(Buffer.from(piece).toString('latin1'))).join(' | ')
}
