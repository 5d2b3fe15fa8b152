import { describe, expect, it } from 'vitest'
import { compare } from './differential.ts'
import { seenByEngine } from './seen.ts'

/** A request hidden in what a front end may take for a body. */
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'
const post = (fields: string, body: string) => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`
const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body)

/** Requests that must be rejected, without reading what follows. */
const refused: Record<string, string> = {
  'Content-Length and Transfer-Encoding (CL.TE)': post(
    'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n',
    `0\r\n\r\n${HIDDEN}`,
  ),
  'Transfer-Encoding and Content-Length (TE.CL)': post(
    'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
    `5c\r\n${HIDDEN}`,
  ),
  'two Transfer-Encodings (TE.TE)': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', HIDDEN),
  'two of chunked': post('Transfer-Encoding: chunked, chunked\r\n', HIDDEN),
  'a coding that only looks like chunked': post('Transfer-Encoding: xchunked\r\n', HIDDEN),
  'a coding in quotes': post('Transfer-Encoding: "chunked"\r\n', HIDDEN),
  'a coding before chunked': post('Transfer-Encoding: identity, chunked\r\n', `0\r\n\r\n${HIDDEN}`),
  'a coding behind chunked': post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${HIDDEN}`),
  'a coding after a vertical tab': post('Transfer-Encoding: \x0bchunked\r\n', HIDDEN),
  'a coding on a folded line': post('Transfer-Encoding:\r\n chunked\r\n', HIDDEN),
  'chunks in HTTP/1.0': `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'two lengths that differ': post('Content-Length: 0\r\nContent-Length: 33\r\n', HIDDEN),
  'two lengths alike': post('Content-Length: 33\r\nContent-Length: 33\r\n', HIDDEN),
  'a list of lengths': post('Content-Length: 0, 33\r\n', HIDDEN),
  'a length with a sign': post('Content-Length: +33\r\n', HIDDEN),
  'a negative length': post('Content-Length: -33\r\n', HIDDEN),
  'a hexadecimal length': post('Content-Length: 0x21\r\n', HIDDEN),
  'an empty length': post('Content-Length:\r\n', HIDDEN),
  'a length beyond what a number holds': post('Content-Length: 18446744073709551616\r\n', HIDDEN),
  'a blank before the colon': post('Content-Length : 33\r\n', HIDDEN),
  'a tab before the colon': post('Transfer-Encoding\t: chunked\r\n', HIDDEN),
  'a NUL in a name': post('Content-Length\0: 33\r\n', HIDDEN),
  'a NUL in a value': post('Content-Length: 33\0\r\n', HIDDEN),
  'a blank before the first field': `POST / HTTP/1.1\r\n Host: a\r\nContent-Length: 33\r\n\r\n${HIDDEN}`,
  'a folded value': post('X: a\r\n b\r\n', HIDDEN),
  'a line that ends in LF': post('X: a\nContent-Length: 33\r\n', HIDDEN),
  'a head that ends in LF': `POST / HTTP/1.1\r\nHost: a\r\n\n${HIDDEN}`,
  'a line that ends in CR': post('X: a\rContent-Length: 33\r\n', HIDDEN),
  'two Host fields': post('Host: b\r\n', HIDDEN),
  'no Host field': `GET / HTTP/1.1\r\n\r\n${HIDDEN}`,
  'a request line of HTTP/0.9': `GET /\r\n\r\n${HIDDEN}`,
  'a version of HTTP/2': `GET / HTTP/2.0\r\nHost: a\r\n\r\n${HIDDEN}`,
  'a target with a blank': `GET /a b HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`,
  'a target with a fragment': `GET /#a HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`,
  'a chunk size with a sign': chunked(`+5\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size with 0x': chunked(`0x5\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size beyond what a number holds': chunked(`10000000000000005\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size before a blank': chunked(`5 \r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk size that ends in LF': chunked(`5\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk without its CRLF': chunked(`5\r\nhelloXX0\r\n\r\n${HIDDEN}`),
  'a chunk that ends in LF': chunked(`5\r\nhello\n0\r\n\r\n${HIDDEN}`),
  'a chunk longer than its size': chunked(`4\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'an LF in a chunk extension (TERM.EXT)': chunked(`5;\nxx\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'an LF in a quoted chunk extension': chunked(`5;a="\n"\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a chunk extension without a name': chunked(`5;\r\nhello\r\n0\r\n\r\n${HIDDEN}`),
  'a trailer that ends in LF': chunked(`0\r\nX: y\n\r\n${HIDDEN}`),
  'a trailer that says a length': chunked(`0\r\nContent-Length: 33\r\n\r\n${HIDDEN}`),
}

describe('an ambiguous request', () => {
  it.each(Object.entries(refused))('is rejected, and nothing after it is read: %s', async (_, text) => {
    const seen = await seenByEngine([Buffer.from(text, 'latin1')])
    expect(seen.refusal).toBeTypeOf('string')
    expect(seen.requests.filter(({ isWhole }) => isWhole)).toEqual([])
  })

  it.each(Object.entries(refused))(
    'is not read differently by node:http in any pieces: %s',
    async (_, text) => {
      const bytes = Buffer.from(text, 'latin1')
      await compare([bytes])
      await compare(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))
    },
  )
})

describe('an unusual but valid request', () => {
  it.each([
    ['a body that holds a request', post('Content-Length: 33\r\n', HIDDEN), [HIDDEN.slice(0, 33)]],
    ['chunks with extensions', chunked('5;a=b;c="d\\"e";f\r\nhello\r\n00;g\r\nX: y\r\n\r\n'), ['hello']],
    ['a size with zeros in front', chunked('000005\r\nhello\r\n0\r\n\r\n'), ['hello']],
    ['a coding in capitals', post('Transfer-Encoding: CHUNKED\r\n', '0\r\n\r\n'), ['']],
    ['one empty line in front', `\r\n${HIDDEN}`, ['']],
    [
      'several requests at once',
      `${HIDDEN}${post('Content-Length: 5\r\n', 'hello')}${HIDDEN}`,
      ['', 'hello', ''],
    ],
  ])('is accepted, as by node:http: %s', async (_, text, bodies) => {
    const bytes = Buffer.from(text, 'latin1')
    for (const pieces of [[bytes], Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))]) {
      expect(await compare(pieces)).toBeUndefined()
      const { requests } = await seenByEngine(pieces)
      expect(requests.map(({ body, isWhole }) => [body, isWhole])).toEqual(bodies.map((body) => [body, true]))
    }
  })
})
