/** Generates requests in which any part may be wrong. */
import { codings, lengths, others } from './hostile-fields.ts'
import type { Random } from './random.ts'

const METHODS = ['GET', 'POST', 'HEAD', 'OPTIONS', 'PUT']
const ODD_METHODS = [
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
]
const TARGETS = [
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
]
const VERSIONS = [
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
  'RTSP/1.0',
  'ICE/1.0',
  '',
]
const SPACES = [' ', '  ', '\t', '', ' \t']
const LINE_ENDS = ['\n', '\r', '\r\r\n', '\n\r', '\x0b\r\n', '']
const SIZES = [
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
]
const CHUNKS = ['hello', 'hell', 'helloo', '']
const LAST_SIZES = ['0', '00', '0;a=b', '0;', '0 ', '-0', '0x0']
const TRAILERS = ['X: y', 'Content-Length: 5', 'Transfer-Encoding: chunked']
const REMAINS = ['hello', '\r\n', '\n', '\r', '\r\n\r\n']

/** Returns a request, with its body. */
export function hostileRequest(random: Random): string {
  const method = random.once(9) ? random.pick(ODD_METHODS) : random.pick(METHODS)
  const line = `${method}${random.mostly(SPACES)}${random.mostly(TARGETS)}${random.mostly(SPACES)}${random.mostly(VERSIONS)}`
  const host = random.once(10) ? '' : 'Host: a\r\n'
  const [framing, body] = framed(random)
  return `${line}${lineEnd(random)}${host}${repeat(random, 2, field)}${framing}${lineEnd(random)}${body}`
}

/** Returns framing fields and a body that may not match. */
function framed(random: Random): readonly [framing: string, body: string] {
  switch (random.below(7)) {
    case 0:
    case 1:
      return ['', '']
    case 2:
      return ['Content-Length: 5\r\n', 'hello']
    case 3:
      return ['', random.once(2) ? chunkedBody(random) : random.pick(REMAINS)]
    default:
      return ['Transfer-Encoding: chunked\r\n', chunkedBody(random)]
  }
}

function chunkedBody(random: Random): string {
  const last = `${random.mostly(LAST_SIZES)}${lineEnd(random)}`
  return `${repeat(random, 2, chunk)}${last}${repeat(random, 1, trailer)}${lineEnd(random)}`
}

function chunk(random: Random): string {
  return `${random.mostly(SIZES)}${lineEnd(random)}${random.mostly(CHUNKS)}${lineEnd(random)}`
}

function trailer(random: Random): string {
  return random.once(2) ? field(random) : `${random.pick(TRAILERS)}${lineEnd(random)}`
}

function field(random: Random): string {
  const name = random.below(3)
  if (name === 0) return `Content-Length: ${random.pick(lengths)}${lineEnd(random)}`
  if (name === 1) return `Transfer-Encoding: ${random.pick(codings)}${lineEnd(random)}`
  return `${random.pick(others)}${lineEnd(random)}`
}

function lineEnd(random: Random): string {
  return random.once(40) ? random.pick(LINE_ENDS) : '\r\n'
}

/** Joins up to `most` parts. */
function repeat(random: Random, most: number, part: (random: Random) => string): string {
  let text = ''
  for (let count = random.below(most + 1); count > 0; count--) text += part(random)
  return text
}
