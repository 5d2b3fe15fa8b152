import { targets } from '../../http/targets.ts'
import { either, get, HIDDEN, type Row, reads, readsAndCloses, refused } from '../table.ts'

/** A whole head with this request line. */
const line = (text: string) => `${text}\r\nHost: a\r\n\r\n`

export const requestLine: readonly Row[] = [
  // Lines and white space
  ['one empty line before it', `\r\n${get('/')}`, reads('GET a/ '), 'RFC 9112 §2.2'],
  [
    'two empty lines before it',
    `\r\n\r\n${get('/')}`,
    either(reads('GET a/ '), refused(400)),
    'RFC 9112 §2.2',
  ],
  [
    'two spaces after the method',
    line('GET  / HTTP/1.1'),
    either(reads('GET a/ '), refused(400)),
    'RFC 9112 §3',
  ],
  ['a tab after the method', line('GET\t/ HTTP/1.1'), either(reads('GET a/ '), refused(400)), 'RFC 9112 §3'],
  [
    'two spaces before the version',
    line('GET /  HTTP/1.1'),
    either(reads('GET a/ '), refused(400)),
    'RFC 9112 §3',
  ],
  [
    'a tab before the version',
    line('GET /\tHTTP/1.1'),
    either(reads('GET a/ '), refused(400)),
    'RFC 9112 §3',
  ],
  ['a space before the method', line(' GET / HTTP/1.1'), refused(400), 'RFC 9112 §3'],
  ['a space at the end', line('GET / HTTP/1.1 '), either(reads('GET a/ '), refused(400, 505)), 'RFC 9112 §3'],
  ['a bare LF at its end', `GET / HTTP/1.1\nHost: a\r\n\r\n${HIDDEN}`, refused(400), 'RFC 9112 §2.2'],
  [
    'a bare LF at the end of every line',
    `GET / HTTP/1.1\nHost: a\n\n${HIDDEN}`,
    refused(400),
    'RFC 9112 §2.2',
  ],
  ['a bare CR at its end', `GET / HTTP/1.1\rHost: a\r\n\r\n${HIDDEN}`, refused(400), 'RFC 9112 §2.2'],
  ['a bare CR in the target', line('GET /a\rb HTTP/1.1'), refused(400), 'RFC 9112 §2.2'],
  ['a NUL in the target', line('GET /a\0b HTTP/1.1'), refused(400), 'RFC 9112 §3.2'],
  [
    'a space before the first field',
    `GET / HTTP/1.1\r\n Host: a\r\n\r\n${HIDDEN}`,
    refused(400),
    'RFC 9112 §2.2',
  ],

  // The method
  ['a method in lower case', line('get / HTTP/1.1'), refused(400, 501), 'RFC 9110 §9.1'],
  ['a method that is not a token', line('G@T / HTTP/1.1'), refused(400), 'RFC 9112 §3.1'],
  ['a NUL in the method', line('G\0T / HTTP/1.1'), refused(400), 'RFC 9112 §3.1'],
  ['an unknown method', line('FOO / HTTP/1.1'), refused(400, 501), 'RFC 9110 §9.1'],
  ['no method', line('/ HTTP/1.1'), refused(400), 'RFC 9112 §3.1'],
  ['CONNECT, which no Request can have', line('CONNECT a:80 HTTP/1.1'), refused(501), 'RFC 9110 §9.3.6'],
  ['TRACE, which no Request can have', line('TRACE / HTTP/1.1'), refused(501), 'RFC 9110 §9.1'],

  // The version
  ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n', readsAndCloses('GET a/ '), 'RFC 9112 §9.3'],
  ['HTTP/1.2', line('GET / HTTP/1.2'), either(reads('GET a/ '), refused(400, 505)), 'RFC 9110 §2.5'],
  ['no version', `GET /\r\nHost: a\r\n\r\n${HIDDEN}`, refused(400, 505), 'RFC 9112 §2.3'],
  ['the version of HTTP/2', line('GET / HTTP/2.0'), refused(400, 505), 'RFC 9110 §15.6.6'],
  ['a version of two digits', line('GET / HTTP/1.10'), refused(400, 505), 'RFC 9112 §2.3'],
  ['a version with a leading zero', line('GET / HTTP/01.1'), refused(400, 505), 'RFC 9112 §2.3'],
  ['a version without its dot', line('GET / HTTP/11'), refused(400, 505), 'RFC 9112 §2.3'],
  ['a version in lower case', line('GET / http/1.1'), refused(400, 505), 'RFC 9112 §2.3'],
  [
    'the version of RTSP',
    line('GET / RTSP/1.0'),
    either(refused(400, 505), readsAndCloses('GET a/ ')),
    'RFC 9112 §2.3',
  ],
  [
    'the version of RTSP and one of its methods',
    line('DESCRIBE / RTSP/1.0'),
    refused(400, 501, 505),
    'RFC 9112 §2.3',
  ],
  ['the version of ICE', line('GET / ICE/1.0'), refused(400, 505), 'RFC 9112 §2.3'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused(400, 501, 505), 'RFC 9113 §3.4'],
  ['the first bytes of TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n', refused(400), 'RFC 9112 §3'],
]

export const requestTarget: readonly Row[] = [
  ...targets.map(
    ([name, value, seen, source]): Row => [
      name,
      get(value),
      seen === undefined ? refused(400) : reads(`GET a${seen.replace(/\?$/, '')} `),
      source,
    ],
  ),
  ['a URL', get('http://b/c?d'), reads('GET b/c?d '), 'RFC 9112 §3.2.2'],
  ['a URL with a scheme in capitals', get('HTTP://b/c'), reads('GET b/c '), 'RFC 3986 §3.1'],
  ['a URL without a path', get('http://b'), reads('GET b/ '), 'RFC 9112 §3.2.1'],
  ['a URL without a path, with a query', get('http://b?c'), reads('GET b/?c '), 'RFC 9112 §3.2.1'],
  ['a URL with the default port', get('http://b:80/'), reads('GET b/ '), 'RFC 9110 §4.2.3'],
  [
    'an asterisk for OPTIONS',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    reads('OPTIONS a '),
    'RFC 9112 §3.2.4',
  ],
  [
    'a URL without a path for OPTIONS',
    'OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n',
    reads('OPTIONS b '),
    'RFC 9112 §3.2.4',
  ],
  ['a URL of the other scheme', get('https://a/'), refused(400, 421), 'RFC 9110 §7.4'],
  ['a URL of another kind', get('ftp://a/'), refused(400), 'RFC 9112 §3.2.2'],
  ['a URL without a host', get('http:///b'), refused(400), 'RFC 9110 §4.2.1'],
  ['a URL with user information', get('http://user@b/'), refused(400), 'RFC 9110 §4.2.4'],
  ['a URL with a quotation mark in its host', get('http://"/'), refused(400), 'RFC 3986 §3.2.2'],
  ['an authority for GET', get('a:80'), refused(400), 'RFC 9112 §3.2.3'],
  ['nothing', get(''), refused(400), 'RFC 9112 §3.2'],
  ['a space', get('/a b'), refused(400, 505), 'RFC 9112 §3.2'],
  ['100,000 characters', get(`/${'a'.repeat(100_000)}`), refused(414, 431), 'RFC 9110 §15.5.15'],
]
