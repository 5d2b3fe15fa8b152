import {
  chunked,
  either,
  get,
  HIDDEN,
  post,
  type Row,
  reads,
  readsAndCloses,
  readsThenRefused,
  refused,
  UNREAD,
} from '../table.ts'

const length = (value: string) => post(`Content-Length: ${value}\r\n`, HIDDEN)
const coding = (value: string) => post(`Transfer-Encoding: ${value}\r\n`, `0\r\n\r\n${HIDDEN}`)

/** A body that the application does not ask for: the server skips it, or closes the connection. */
const READ_OR_CLOSED = either(reads('GET a/ '), readsAndCloses('GET a/ '))

/** A request to which the application responds before its body has arrived. */
const unread = (fields: string, body: string) => `POST ${UNREAD} HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`
const UNREAD_OR_CLOSED = either(reads(`POST a${UNREAD} `), readsAndCloses(`POST a${UNREAD} `))

/** Bodies that are not read before the response (RFC 9112 §9.3): the server must still know where they end. */
export const unreadBodies: readonly Row[] = [
  [
    'one that looks like a request',
    unread('Content-Length: 33\r\n', HIDDEN),
    UNREAD_OR_CLOSED,
    'RFC 9112 §9.3',
  ],
  [
    'chunks that look like a request',
    unread('Transfer-Encoding: chunked\r\n', `21\r\n${HIDDEN}\r\n0\r\n\r\n`),
    UNREAD_OR_CLOSED,
    'RFC 9112 §9.3',
  ],
  [
    'one that looks like a request, after Expect: 100-continue',
    unread('Expect: 100-continue\r\nContent-Length: 33\r\n', HIDDEN),
    UNREAD_OR_CLOSED,
    'RFC 9110 §10.1.1',
  ],
  [
    'chunks that look like a request, after Expect: 100-continue',
    unread('Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n', `21\r\n${HIDDEN}\r\n0\r\n\r\n`),
    UNREAD_OR_CLOSED,
    'RFC 9110 §10.1.1',
  ],
  [
    '0.CL: one in a GET that looks like a request, after Expect: 100-continue',
    get(UNREAD, 'Expect: 100-continue\r\nContent-Length: 33\r\n').concat(HIDDEN),
    either(reads(`GET a${UNREAD} `), readsAndCloses(`GET a${UNREAD} `)),
    'RFC 9110 §10.1.1',
  ],
]

export const contentLength: readonly Row[] = [
  ['the length of a body', post('Content-Length: 5\r\n', 'hello'), reads('POST a/ hello'), 'RFC 9112 §6.2'],
  [
    'the length of a body that looks like a request',
    length('33'),
    reads(`POST a/ ${HIDDEN}`),
    'RFC 9112 §6.2',
  ],
  ['a body in a GET', get('/', 'Content-Length: 5\r\n').concat('hello'), READ_OR_CLOSED, 'RFC 9110 §9.3.1'],
  ['zero', post('Content-Length: 0\r\n', ''), reads('POST a/ '), 'RFC 9112 §6.2'],
  ['leading zeros', post('Content-Length: 005\r\n', 'hello'), reads('POST a/ hello'), 'RFC 9110 §8.6'],
  ['none for a POST', post('', ''), reads('POST a/ '), 'RFC 9112 §6.3'],
  [
    '0.CL: none, and a body that looks like a request',
    post('', HIDDEN),
    reads('POST a/ ', 'GET a/hidden '),
    'RFC 9112 §6.3',
  ],
  [
    'several requests at once',
    `${HIDDEN}${post('Content-Length: 5\r\n', 'hello')}${HIDDEN}`,
    reads('GET a/hidden ', 'POST a/ hello', 'GET a/hidden '),
    'RFC 9112 §9.3.2',
  ],
  [
    'an underscore instead of its hyphen',
    post('Content_Length: 33\r\n', HIDDEN),
    reads('POST a/ ', 'GET a/hidden '),
    'RFC 9110 §5.1',
  ],
  [
    'a field that Connection names',
    post('Connection: Content-Length\r\nContent-Length: 5\r\n', 'hello'),
    reads('POST a/ hello'),
    'RFC 9110 §7.6.1',
  ],
  [
    'a body in a DELETE',
    'DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
    reads('DELETE a/ hello'),
    'RFC 9110 §9.3.5',
  ],
  [
    'a body in HTTP/1.0',
    'POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
    readsAndCloses('POST a/ hello'),
    'RFC 9112 §6.3',
  ],
  [
    'a body that is longer',
    post('Content-Length: 5\r\n', 'helloXX\r\n\r\n'),
    readsThenRefused(['POST a/ hello'], 400, 505),
    'RFC 9112 §6.3',
  ],
  [
    'two that differ',
    post('Content-Length: 0\r\nContent-Length: 33\r\n', HIDDEN),
    refused(400),
    'RFC 9112 §6.3',
  ],
  [
    'two that are the same',
    post('Content-Length: 33\r\nContent-Length: 33\r\n', HIDDEN),
    refused(400),
    'RFC 9112 §6.3',
  ],
  ['a list', length('0, 33'), refused(400), 'RFC 9112 §6.3'],
  ['a list of the same value', length('33, 33'), refused(400), 'RFC 9112 §6.3'],
  ['a plus sign', length('+33'), refused(400), 'RFC 9110 §8.6'],
  ['a negative number', length('-33'), refused(400), 'RFC 9110 §8.6'],
  ['a hexadecimal number', length('0x21'), refused(400), 'RFC 9110 §8.6'],
  ['an exponent', length('3e1'), refused(400), 'RFC 9110 §8.6'],
  ['a fraction', length('33.0'), refused(400), 'RFC 9110 §8.6'],
  ['two numbers', length('3 3'), refused(400), 'RFC 9110 §8.6'],
  ['an empty value', length(''), refused(400), 'RFC 9110 §8.6'],
  ['a word', length('many'), refused(400), 'RFC 9110 §8.6'],
  ['a number in quotes', length('"33"'), refused(400), 'RFC 9110 §8.6'],
  ['a number after a vertical tab', length('\x0b33'), refused(400), 'RFC 9110 §8.6'],
  ['a NUL after the number', length('33\0'), refused(400), 'RFC 9110 §8.6'],
  ['2^64', length('18446744073709551616'), refused(400, 413), 'RFC 9110 §8.6'],
  ['2^64 + 33', length('18446744073709551649'), refused(400, 413), 'RFC 9110 §8.6'],
]

export const transferEncoding: readonly Row[] = [
  ['chunked', chunked('5\r\nhello\r\n0\r\n\r\n'), reads('POST a/ hello'), 'RFC 9112 §6.1'],
  ['chunked in capitals', coding('CHUNKED').replace(HIDDEN, ''), reads('POST a/ '), 'RFC 9112 §7'],
  ['chunked after a tab', coding('\tchunked').replace(HIDDEN, ''), reads('POST a/ '), 'RFC 9112 §5.1'],
  [
    'chunked before a tab',
    coding('chunked\t').replace(HIDDEN, ''),
    either(reads('POST a/ '), refused(400)),
    'RFC 9112 §5.1',
  ],
  [
    'chunked before a tab and a space',
    coding('chunked\t ').replace(HIDDEN, ''),
    either(reads('POST a/ '), refused(400)),
    'RFC 9112 §5.1',
  ],
  [
    'an underscore instead of its hyphen',
    post('Transfer_Encoding: chunked\r\nContent-Length: 5\r\n', 'hello'),
    reads('POST a/ hello'),
    'RFC 9110 §5.1',
  ],
  [
    'a field that Connection names',
    post('Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    reads('POST a/ hello'),
    'RFC 9110 §7.6.1',
  ],
  [
    'several requests at once',
    `${HIDDEN}${chunked('5\r\nhello\r\n0\r\n\r\n')}${HIDDEN}`,
    reads('GET a/hidden ', 'POST a/ hello', 'GET a/hidden '),
    'RFC 9112 §9.3.2',
  ],
  [
    'TE.0: chunked in a GET',
    get('/', 'Transfer-Encoding: chunked\r\n').concat('5\r\nhello\r\n0\r\n\r\n'),
    READ_OR_CLOSED,
    'RFC 9112 §6.3',
  ],
  [
    'CL.TE: Content-Length before it',
    post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    refused(400),
    'RFC 9112 §6.1',
  ],
  [
    'TE.CL: Content-Length after it',
    post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `21\r\n${HIDDEN}\r\n0\r\n\r\n`),
    refused(400),
    'RFC 9112 §6.1',
  ],
  [
    'TE.TE: another one after chunked',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n', HIDDEN),
    refused(400, 501),
    'RFC 9112 §6.3',
  ],
  [
    'TE.TE: another one before chunked',
    post('Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${HIDDEN}`),
    refused(400, 501),
    'RFC 9112 §6.1',
  ],
  [
    'two fields of chunked',
    post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', HIDDEN),
    refused(400, 501),
    'RFC 9112 §6.1',
  ],
  ['chunked twice', coding('chunked, chunked'), refused(400, 501), 'RFC 9112 §6.1'],
  ['a coding before chunked', coding('gzip, chunked'), refused(400, 501), 'RFC 9112 §6.1'],
  ['a coding after chunked', coding('chunked, gzip'), refused(400, 501), 'RFC 9112 §6.3'],
  ['identity', coding('identity'), refused(400, 501), 'RFC 9112 §6.1'],
  ['identity before chunked', coding('identity, chunked'), refused(400, 501), 'RFC 9112 §6.1'],
  ['a coding that ends like chunked', coding('xchunked'), refused(400, 501), 'RFC 9112 §6.1'],
  ['a coding that begins like chunked', coding('chunkedx'), refused(400, 501), 'RFC 9112 §6.1'],
  ['chunked with a parameter', coding('chunked;a=b'), refused(400, 501), 'RFC 9112 §7'],
  ['chunked in quotes', coding('"chunked"'), refused(400, 501), 'RFC 9112 §7'],
  ['chunked after a comma', coding(',chunked'), refused(400, 501), 'RFC 9112 §7'],
  ['chunked before a comma', coding('chunked,'), refused(400, 501), 'RFC 9112 §7'],
  ['chunked before a no-break space', coding('chunked\xa0'), refused(400, 501), 'RFC 9110 §5.6.3'],
  ['chunked after a vertical tab', coding('\x0bchunked'), refused(400, 501), 'RFC 9110 §5.6.3'],
  ['chunked with a NUL inside', coding('chun\0ked'), refused(400, 501), 'RFC 9110 §5.5'],
  ['chunked on a folded line', coding('\r\n chunked'), refused(400), 'RFC 9112 §5.2'],
  ['an empty value', coding(''), refused(400, 501), 'RFC 9112 §6.1'],
  [
    'an empty value, and a length',
    post('Transfer-Encoding:\r\nContent-Length: 33\r\n', HIDDEN),
    refused(400, 501),
    'RFC 9112 §6.1',
  ],
  [
    'a space before its colon',
    post('Transfer-Encoding : chunked\r\n', HIDDEN),
    refused(400),
    'RFC 9112 §5.1',
  ],
  ['a NUL in its name', post('Transfer-Encoding\0: chunked\r\n', HIDDEN), refused(400), 'RFC 9110 §5.1'],
  [
    'chunked in HTTP/1.0',
    `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    refused(400),
    'RFC 9112 §6.1',
  ],
]

const UPGRADE = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'

/** Whether the connection persists (RFC 9112 §9), and what a request can ask of it. */
export const connection: readonly Row[] = [
  ['HEAD', 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n', reads('HEAD a/ '), 'RFC 9110 §9.3.2'],
  [
    'Connection: keep-alive in HTTP/1.0',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n',
    READ_OR_CLOSED,
    'RFC 9112 §9.3',
  ],
  [
    'an upgrade in HTTP/1.0',
    'GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    readsAndCloses('GET a/ '),
    'RFC 9110 §7.8',
  ],
  ['Proxy-Connection: close', get('/', 'Proxy-Connection: close\r\n'), READ_OR_CLOSED, 'RFC 9112 §C.2.2'],
  ['Connection: close', get('/', 'Connection: close\r\n'), readsAndCloses('GET a/ '), 'RFC 9112 §9.6'],
  [
    'Connection: close in capitals and in a list',
    get('/', 'Connection: x, CLOSE\r\n'),
    readsAndCloses('GET a/ '),
    'RFC 9110 §7.6.1',
  ],
  [
    'Connection: close in a second field',
    get('/', 'Connection: x\r\nConnection: close\r\n'),
    readsAndCloses('GET a/ '),
    'RFC 9110 §7.6.1',
  ],
  [
    'another option that holds the word close',
    get('/', 'Connection: close-not\r\n'),
    reads('GET a/ '),
    'RFC 9110 §7.6.1',
  ],
  [
    'close after a byte that is no blank in HTTP',
    get('/', 'Connection: \xa0close\r\n'),
    reads('GET a/ '),
    'RFC 9110 §5.6.3',
  ],
  [
    'close before a byte that is no blank in HTTP',
    get('/', 'Connection: close\xa0\r\n'),
    reads('GET a/ '),
    'RFC 9110 §5.6.3',
  ],
  [
    'an upgrade before a byte that is no blank in HTTP',
    get('/', UPGRADE.replace('Upgrade,', 'Upgrade\xa0,')),
    reads('GET a/ '),
    'RFC 9110 §5.6.3',
  ],
  ['an upgrade', get('/', UPGRADE), reads('GET a/ '), 'RFC 9110 §7.8'],
  [
    'an upgrade with a body',
    post(`${UPGRADE}Content-Length: 5\r\n`, 'hello'),
    either(reads('POST a/ hello'), readsAndCloses('POST a/ hello')),
    'RFC 9110 §7.8',
  ],
  [
    'an upgrade with a chunked body',
    post(`${UPGRADE}Transfer-Encoding: chunked\r\n`, '5\r\nhello\r\n0\r\n\r\n'),
    either(reads('POST a/ hello'), readsAndCloses('POST a/ hello')),
    'RFC 9110 §7.8',
  ],
  [
    'an upgrade with an empty chunked body',
    post(`${UPGRADE}Transfer-Encoding: chunked\r\n`, '0\r\n\r\n'),
    either(reads('POST a/ '), readsAndCloses('POST a/ ')),
    'RFC 9110 §7.8',
  ],
  [
    'an upgrade with a body that looks like a request',
    post(`${UPGRADE}Content-Length: 33\r\n`, HIDDEN),
    either(reads(`POST a/ ${HIDDEN}`), readsAndCloses(`POST a/ ${HIDDEN}`)),
    'RFC 9110 §7.8',
  ],
  [
    'an upgrade with Expect: 100-continue and a body that is not read',
    unread(`${UPGRADE}Expect: 100-continue\r\nContent-Length: 33\r\n`, HIDDEN),
    UNREAD_OR_CLOSED,
    'RFC 9110 §10.1.1',
  ],
  [
    'upgrades behind one another',
    get('/1', UPGRADE) + get('/2', UPGRADE) + get('/3'),
    reads('GET a/1 ', 'GET a/2 ', 'GET a/3 '),
    'RFC 9110 §7.8',
  ],
  [
    'an upgrade with Connection: close',
    get('/', 'Connection: close, Upgrade\r\nUpgrade: websocket\r\n'),
    readsAndCloses('GET a/ '),
    'RFC 9112 §9.6',
  ],
  [
    'an upgrade without Connection: Upgrade',
    get('/', 'Upgrade: websocket\r\n'),
    reads('GET a/ '),
    'RFC 9110 §7.8',
  ],
  [
    'Expect: 100-continue',
    post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello'),
    reads('POST a/ hello'),
    'RFC 9110 §10.1.1',
  ],
  [
    'Expect: 100-continue in capitals, chunked',
    post('Expect: 100-CONTINUE\r\nTransfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\n\r\n'),
    reads('POST a/ hello'),
    'RFC 9110 §10.1.1',
  ],
  [
    'Expect: 100-continue without a body',
    get('/', 'Expect: 100-continue\r\n'),
    reads('GET a/ '),
    'RFC 9110 §10.1.1',
  ],
  [
    'Expect: 100-continue and Connection: close without a body',
    get('/', 'Expect: 100-continue\r\nConnection: close\r\n'),
    readsAndCloses('GET a/ '),
    'RFC 9112 §9.6',
  ],
  [
    'another expectation',
    post('Expect: 200-ok\r\nContent-Length: 33\r\n', HIDDEN),
    refused(417),
    'RFC 9110 §10.1.1',
  ],
  [
    'another expectation before 100-continue',
    post('Expect: 200-ok, 100-continue\r\nContent-Length: 33\r\n', HIDDEN),
    either(reads(`POST a/ ${HIDDEN}`), refused(417)),
    'RFC 9110 §10.1.1',
  ],
]
