import { hosts } from '../../http/hosts.ts'
import { get, HIDDEN, post, type Row, reads, readsThenRefused, refused } from '../table.ts'

/** A whole head with these Host lines. */
const host = (lines: string) => `GET / HTTP/1.1\r\n${lines}\r\n`

export const hostField: readonly Row[] = [
  ...hosts.map(
    ([name, value, seen, source]): Row => [
      name,
      host(`Host: ${value}\r\n`),
      seen === undefined ? refused(400) : reads(`GET ${seen}/ `),
      source,
    ],
  ),
  ['the default port', host('Host: a:80\r\n'), reads('GET a/ '), 'RFC 9110 §4.2.3'],
  ['an empty port', host('Host: a:\r\n'), reads('GET a/ '), 'RFC 3986 §3.2.3'],
  ['blanks around the value', host('Host: \t a \t\r\n'), reads('GET a/ '), 'RFC 9112 §5.1'],
  ['another value than the URL of the target', get('http://b/'), reads('GET b/ '), 'RFC 9112 §3.2.2'],
  ['none in HTTP/1.1', host(''), refused(400), 'RFC 9112 §3.2'],
  ['two that differ', host('Host: a\r\nHost: b\r\n'), refused(400), 'RFC 9112 §3.2'],
  ['two that are the same', host('Host: a\r\nhOST: a\r\n'), refused(400), 'RFC 9112 §3.2'],
  ['two in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n', refused(400), 'RFC 9112 §3.2'],
  ['nothing', host('Host:\r\n'), refused(400), 'RFC 9112 §3.2'],
  ['none, with an absolute target', 'GET http://b/ HTTP/1.1\r\n\r\n', refused(400), 'RFC 9112 §3.2'],
  ['a NUL', host('Host: a\0b\r\n'), refused(400), 'RFC 9110 §5.5'],
  ['a folded line', host('Host:\r\n a\r\n'), refused(400), 'RFC 9112 §5.2'],
]

/** A request with these lines, and a hidden one behind. */
const lines = (text: string) => `${get('/', text)}${HIDDEN}`

export const fieldLines: readonly Row[] = [
  ['an empty value', get('/', 'X:\r\n'), reads('GET a/ '), 'RFC 9112 §5'],
  ['no space after the colon', get('/', 'X:a\r\n'), reads('GET a/ '), 'RFC 9112 §5'],
  ['a byte above ASCII in a value', get('/', 'X: \xe9\r\n'), reads('GET a/ '), 'RFC 9110 §5.5'],
  ['a colon in a value', get('/', 'X: a:b\r\n'), reads('GET a/ '), 'RFC 9112 §5'],
  [
    'every character of a token in a name',
    get('/', "!#$%&'*+-.^_`|~09aZ: a\r\n"),
    reads('GET a/ '),
    'RFC 9110 §5.6.2',
  ],
  ['a space before the colon', lines('X : a\r\n'), refused(400), 'RFC 9112 §5.1'],
  ['a tab before the colon', lines('X\t: a\r\n'), refused(400), 'RFC 9112 §5.1'],
  [
    'a space before the colon of Content-Length',
    post('Content-Length : 33\r\n', HIDDEN),
    refused(400),
    'RFC 9112 §5.1',
  ],
  ['a folded value', lines('X: a\r\n b\r\n'), refused(400), 'RFC 9112 §5.2'],
  ['a value folded by a tab', lines('X: a\r\n\tb\r\n'), refused(400), 'RFC 9112 §5.2'],
  [
    'a folded line that hides a field',
    post('X: a\r\n Content-Length: 33\r\n', HIDDEN),
    refused(400),
    'RFC 9112 §5.2',
  ],
  ['no colon', lines('X\r\n'), refused(400), 'RFC 9112 §5'],
  ['no name', lines(': a\r\n'), refused(400), 'RFC 9112 §5'],
  ['a name in quotes', lines('"X": a\r\n'), refused(400), 'RFC 9110 §5.1'],
  ['a space in a name', lines('X Y: a\r\n'), refused(400), 'RFC 9110 §5.1'],
  ['a byte above ASCII in a name', lines('X\xe9: a\r\n'), refused(400), 'RFC 9110 §5.1'],
  ['a NUL in a name', lines('X\0: a\r\n'), refused(400), 'RFC 9110 §5.1'],
  ['a NUL in a value', lines('X: a\0b\r\n'), refused(400), 'RFC 9110 §5.5'],
  ['a bare CR in a value', lines('X: a\rContent-Length: 33\r\n'), refused(400), 'RFC 9112 §2.2'],
  ['a bare CR before the CRLF', lines('X: a\r\r\n'), refused(400), 'RFC 9112 §2.2'],
  ['a bare LF after a value', lines('X: a\nY: b\r\n'), refused(400), 'RFC 9112 §2.2'],
  ['a bare LF that ends the head', `GET / HTTP/1.1\r\nHost: a\r\n\n${HIDDEN}`, refused(400), 'RFC 9112 §2.2'],
  ['LF CR that ends a line', lines('X: a\n\rY: b\r\n'), refused(400), 'RFC 9112 §2.2'],
  ['a value of 100,000 characters', get('/', `X: ${'a'.repeat(100_000)}\r\n`), refused(431), 'RFC 6585 §5'],
  ['10,000 fields', get('/', 'X: a\r\n'.repeat(10_000)), refused(431), 'RFC 6585 §5'],
  [
    'a malformed head after a good request',
    `${get('/')}GET / HTTP/1.1\r\nX\r\n\r\n`,
    readsThenRefused(['GET a/ '], 400),
    'RFC 9112 §9.3.2',
  ],
]
