import { describe, expect, it } from 'vitest'
import { createRequestParser, type ParserLimits, type RequestEvent } from '../index.ts'

/** Returns the events that some pieces cause, each as text, and the reason of an error. */
function events(pieces: readonly (string | Uint8Array)[], limits: ParserLimits = {}): string[] {
  const parser = createRequestParser(limits)
  const seen: string[] = []
  for (const piece of pieces) {
    parser.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    for (let event = parser.next(); event !== undefined; event = parser.next()) seen.push(show(event))
  }
  return seen
}

function show(event: RequestEvent): string {
  switch (event.type) {
    case 'head':
      return `${event.method} ${event.target} ${event.bodyLength}`
    case 'data':
      return `data ${Buffer.from(event.bytes).toString('latin1')}`
    case 'end':
      return 'end'
    case 'error':
      return `${event.error.status} ${event.error.message}`
  }
}

const bytewise = (text: string) => Array.from(text)
const head = (fields = '', line = 'GET / HTTP/1.1') => `${line}\r\nHost: a\r\n${fields}\r\n`
const chunked = (body: string) => head('Transfer-Encoding: chunked\r\n', 'POST / HTTP/1.1') + body

describe('the events of requests', () => {
  it('are a head and an end for a request without a body', () => {
    expect(events([head() + head('', 'HEAD /a?b HTTP/1.0')])).toEqual([
      'GET / 0',
      'end',
      'HEAD /a?b 0',
      'end',
    ])
  })

  it('are a head, data and an end for a request with a body', () => {
    const text = head('Content-Length: 5\r\n', 'POST / HTTP/1.1')
    expect(events([`${text}he`, 'llo'])).toEqual(['POST / 5', 'data he', 'data llo', 'end'])
    expect(events([chunked('2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n')])).toEqual(['POST / -1', 'data hello', 'end'])
  })

  it('carry the fields as received, and what they mean for the connection', () => {
    const parser = createRequestParser()
    parser.push(
      Buffer.from(head('X-A:  b \t\r\nconnection: x, Close\r\nExpect: 100-Continue\r\nUpgrade: h2c\r\n')),
    )
    expect(parser.next()).toMatchObject({
      host: 'a',
      minorVersion: 1,
      keepAlive: false,
      expectsContinue: true,
      hasUpgrade: true,
      rawHeaders: [
        'Host',
        'a',
        'X-A',
        'b',
        'connection',
        'x, Close',
        'Expect',
        '100-Continue',
        'Upgrade',
        'h2c',
      ],
    })
  })

  it('are not parsed before they are asked for', () => {
    const parser = createRequestParser()
    parser.push(Buffer.from(`${head()}GET / HTTP/1.1\n`))
    expect([parser.next()?.type, parser.next()?.type]).toEqual(['head', 'end'])
    expect(Buffer.from(parser.rest).toString()).toBe('GET / HTTP/1.1\n')
    expect(parser.next()?.type).toBe('error')
  })

  it('end with an error', () => {
    expect(events(['G@T / HTTP/1.1\r\n\r\n', head()])).toEqual(['400 The request line is malformed.'])
  })

  it('do not share the memory of the body with the following bytes', () => {
    const parser = createRequestParser()
    parser.push(Buffer.from(`${head('Content-Length: 5\r\n', 'POST / HTTP/1.1')}hello${head()}`))
    parser.next()
    const data = parser.next()
    if (data?.type !== 'data') throw new Error('there is no data')
    structuredClone(data.bytes, { transfer: [data.bytes.buffer] })
    expect([parser.next()?.type, parser.next()?.type, parser.next()?.type]).toEqual(['end', 'head', 'end'])
  })
})

describe('the end of the bytes', () => {
  it.each([
    ['no request', ''],
    ['an empty line', '\r\n'],
    ['whole requests', head() + chunked('0\r\n\r\n')],
  ])('is no error after %s', (_, text) => {
    const parser = createRequestParser()
    parser.push(Buffer.from(text))
    parser.end()
    const seen: string[] = []
    for (let event = parser.next(); event !== undefined; event = parser.next()) seen.push(show(event))
    expect(seen.filter((text) => /^\d/.test(text))).toEqual([])
    expect(parser.isWithinRequest).toBe(false)
  })

  it.each([
    ['a request line', 'G'],
    ['a field', 'GET / HTTP/1.1\r\nHost'],
    ['a head', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a body', `${head('Content-Length: 5\r\n', 'POST / HTTP/1.1')}hell`],
    ['the chunks of a body', chunked('5\r\nhello\r\n0\r\n')],
  ])('is an error within %s', (_, text) => {
    const parser = createRequestParser()
    parser.push(Buffer.from(text))
    parser.end()
    const seen: string[] = []
    for (let event = parser.next(); event !== undefined; event = parser.next()) seen.push(show(event))
    expect(seen.at(-1)).toBe('400 The request was cut off.')
  })
})

describe('an error', () => {
  // Each of these bytes makes it impossible that a valid request follows, so nothing must be waited for.
  it.each([
    ['a line without a version', 'GET / \r', '400 The request line is malformed.'],
    ['a line of HTTP/0.9', 'GET /\r\n', '505 The version of HTTP is not supported.'],
    ['a bare CR after the target', 'GET /\rH', '400 The request line is malformed.'],
    ['a line without a target', 'GET  ', '400 The request line is malformed.'],
    ['a space before the method', ' ', '400 The request line is malformed.'],
    ['the first byte of TLS', '\x16', '400 The request line is malformed.'],
    ['an LF before the method', '\n', '400 The request line is malformed.'],
    ['a second empty line', '\r\n\r', '400 The request line is malformed.'],
    ['letters that begin no method', 'GO', '400 The method is unknown.'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\n', '501 CONNECT is not supported.'],
    ['TRACE', 'TRACE / HTTP/1.1\r\n', '501 TRACE is not supported.'],
    ['a target of no known form', 'GET a', '400 The request target is neither a path nor an http URL.'],
    ['an authority', 'GET ho', '400 The request target is neither a path nor an http URL.'],
    ['an asterisk for GET', 'GET *', '400 The request target is neither a path nor an http URL.'],
    ['a fragment', 'GET /#', '400 The request line is malformed.'],
    ['another protocol', 'GET / S', '400 The request line is malformed.'],
    ['HTTP/2', 'GET / HTTP/2.0', '505 The version of HTTP is not supported.'],
    ['a bare LF after the request line', 'GET / HTTP/1.1\n', '400 The request line is malformed.'],
    ['a folded first field', 'GET / HTTP/1.1\r\n ', '400 The name of a field is malformed.'],
    ['a space before a colon', 'GET / HTTP/1.1\r\nHost ', '400 The name of a field is malformed.'],
    ['a bare LF after a field', 'GET / HTTP/1.1\r\nHost: a\n', '400 The value of a field is malformed.'],
    ['a bare CR in a field', 'GET / HTTP/1.1\r\nHost: a\rb', '400 The value of a field is malformed.'],
    ['a NUL in a field', 'GET / HTTP/1.1\r\nHost: \0', '400 The value of a field is malformed.'],
    [
      'a bare LF at the end of the head',
      'GET / HTTP/1.1\r\nHost: a\r\n\n',
      '400 The name of a field is malformed.',
    ],
    [
      'a second Host',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n',
      '400 The request has more than one Host field.',
    ],
    [
      'a second Content-Length',
      'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n',
      '400 The request has more than one Content-Length.',
    ],
    [
      'a second expectation',
      'GET / HTTP/1.1\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n',
      '417 The only supported expectation is 100-continue.',
    ],
    [
      'an expectation',
      'GET / HTTP/1.1\r\nExpect: x\r\n',
      '417 The only supported expectation is 100-continue.',
    ],
  ])('comes at the last byte of %s', (_, text, expected) => {
    expect(events(bytewise(text))).toEqual([expected])
    expect(events(bytewise(text).slice(0, -1))).toEqual([])
    const status = expected.slice(0, 3)
    expect(events([`${text}x\r\n\r\n`])).toEqual([expect.stringMatching(`^${status} `)])
  })

  // The classes of the advisories of 2025 and 2026.
  it.each([
    ['a chunk extension that an LF ends', '5;\nxx\r\nhello\r\n0\r\n\r\n'],
    ['a chunk extension with an LF in quotes', '5;a="\n"\r\nhello\r\n0\r\n\r\n'],
    ['a chunk extension with a CRLF in quotes', '5;a="\r\n\r\nGET /x HTTP/1.1\r\n'],
    ['a chunk extension with a bare CR', '5;a\r5\r\nhello\r\n0\r\n\r\n'],
    ['a chunk extension without a name', '5;\r\nhello\r\n0\r\n\r\n'],
    ['a chunk extension with quotes that are not closed', '5;a="b\r\nhello\r\n0\r\n\r\n'],
    ['bytes after the data of a chunk', '5\r\nhelloXX\r\n0\r\n\r\n'],
    ['two bytes instead of the CRLF after a chunk', '5\r\nhelloXX0\r\n\r\n'],
    ['a bare LF after the data of a chunk', '5\r\nhello\n0\r\n\r\n'],
    ['a bare LF after a size', '5\nhello\r\n0\r\n\r\n'],
    ['a bare LF that ends the body', '0\r\n\n'],
    ['a size of more than 32 bits', '1000000000005\r\nhello\r\n0\r\n\r\n'],
    ['a size of more than 64 bits', '10000000000000005\r\nhello\r\n0\r\n\r\n'],
    ['a size after 100 zeros', `${'0'.repeat(100)}5\r\nhello\r\n0\r\n\r\n`],
    ['a size with 0x', '0x5\r\nhello\r\n0\r\n\r\n'],
    ['a space after a size', '5 \r\nhello\r\n0\r\n\r\n'],
    ['no size', '\r\nhello\r\n0\r\n\r\n'],
    ['a trailer with Content-Length', '0\r\nContent-Length: 5\r\n\r\n'],
    ['a trailer with Transfer-Encoding', '0\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a trailer with Host', '0\r\nHost: b\r\n\r\n'],
    ['a folded trailer', '0\r\nX: y\r\n z\r\n\r\n'],
  ])('rejects %s, in any pieces', (_, body) => {
    for (const pieces of [[chunked(body)], bytewise(chunked(body))]) {
      const [first, ...others] = events(pieces)
      expect(first).toBe('POST / -1')
      expect(others.at(-1)).toMatch(/^400 /)
      expect(others).not.toContain('end')
    }
  })

  it.each([
    ['Content-Length beside chunked', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', 400],
    ['Transfer-Encoding: identity', 'Transfer-Encoding: identity\r\n', 400],
    ['a coding before chunked', 'Transfer-Encoding: gzip, chunked\r\n', 501],
    ['a coding after chunked', 'Transfer-Encoding: chunked, gzip\r\n', 400],
    ['a length of more than 15 digits', 'Content-Length: 9007199254740993\r\n', 400],
    ['a length of 2^64', 'Content-Length: 18446744073709551616\r\n', 400],
    ['a list of lengths', 'Content-Length: 5, 5\r\n', 400],
  ])('rejects %s before the body', (_, fields, status) => {
    for (const pieces of [[head(fields)], bytewise(head(fields))]) {
      expect(events(pieces)).toEqual([expect.stringMatching(`^${status} `)])
    }
  })

  it('carries the head up to the error', () => {
    const parser = createRequestParser()
    parser.push(Buffer.from('POST /a HTTP/1.1\r\nHost: a\r\nX: y\r\nHost: b\r\n'))
    const event = parser.next()
    if (event?.type !== 'error') throw new Error('there is no error')
    expect(event.head).toMatchObject({ method: 'POST', target: '/a', rawHeaders: ['Host', 'a', 'X', 'y'] })
    parser.push(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    expect(parser.next()).toBeUndefined()
  })
})

describe('a request that an attack depends on', () => {
  it('reads the bytes after an upgrade that was not accepted as a request', () => {
    const upgrade = head('Connection: Upgrade\r\nUpgrade: h2c\r\n')
    expect(events([upgrade + head()])).toEqual(['GET / 0', 'end', 'GET / 0', 'end'])
  })

  it('reads the body of a GET that expects 100-continue, so that it is not a request (0.CL)', () => {
    const text = head('Expect: 100-continue\r\nContent-Length: 38\r\n')
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: hidden\r\n\r\n'
    expect(events([text + hidden])).toEqual(['GET / 38', `data ${hidden}`, 'end'])
  })

  it('gets few events for many chunks of one byte', () => {
    const seen = events([chunked(`${'1\r\nx\r\n'.repeat(10_000)}0\r\n\r\n`)])
    expect(seen).toEqual(['POST / -1', `data ${'x'.repeat(10_000)}`, 'end'])
  })
})

describe('a limit', () => {
  const limits = { maxHeaderSize: 1_000, maxHeadersCount: 3, maxUrlLength: 100 }
  it.each([
    ['the size of the head', head(`X: ${'x'.repeat(1_000)}\r\n`), '431 The header is too large.'],
    [
      'the size of an incomplete head',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(1_000)}`,
      '431 The header is too large.',
    ],
    ['the number of fields', head('X: y\r\n'.repeat(3)), '431 The request has more than 3 header fields.'],
    [
      'the length of the target',
      `GET /${'x'.repeat(100)}`,
      '414 The request target is longer than 100 characters.',
    ],
    ['the length of the method', `A${'x'.repeat(10_000)}`, '400 The method is unknown.'],
  ])('applies to %s', (_, text, expected) => {
    expect(events([text], limits)).toEqual([expected])
    expect(events(bytewise(text), limits)).toEqual([expected])
  })

  it.each([
    ['the extensions of one chunk', `1;x=${'x'.repeat(20_000)}`, 413],
    ['the extensions of all chunks', '1;xxxxxxxx\r\nx\r\n'.repeat(2_000), 413],
    ['the trailer', `0\r\nX: ${'x'.repeat(20_000)}`, 431],
    ['the fields of the trailer', `0\r\n${'X: y\r\n'.repeat(5_000)}`, 431],
  ])('applies to %s', (_, body, status) => {
    expect(events([chunked(body)]).at(-1)).toMatch(`${status} `)
  })

  it('is refused if it is unknown or invalid', () => {
    expect(() => createRequestParser({ maxHeaderSize: 1 })).toThrow(/maxHeaderSize must be a size from 256/)
    expect(() => createRequestParser({ maxHeaders: 1 } as ParserLimits)).toThrow(/maxHeaders/)
  })
})
