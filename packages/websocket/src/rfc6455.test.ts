/** The cases of RFC 6455 that the Autobahn test suite tries, too, in its order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BINARY, CONTINUATION, close, exchange, fragments, frame, PING, PONG, TEXT } from '../test/frames.ts'
import { handshakeText, type Started, start } from '../test/start.ts'
import { websocket } from './index.ts'

const MAX_MESSAGE = 1024 * 1024

let server: Started
beforeAll(async () => {
  const echo = websocket(async (socket) => {
    for await (const message of socket) await socket.send(message)
  })
  server = await start(echo)
})
afterAll(() => server[Symbol.asyncDispose]())

type Case = readonly [name: string, frames: readonly Uint8Array[], expected: readonly string[]]

/** Sends each case at once and, unless it is long, byte by byte. */
function cases(title: string, table: readonly Case[]): void {
  describe(title, () => {
    it.each(table)('%s', async (_, frames, expected) => {
      expect(await exchange(await server.raw(handshakeText()), frames)).toEqual(expected)
      if (Buffer.concat(frames).length > 400) return
      expect(await exchange(await server.raw(handshakeText()), frames, { bytewise: true })).toEqual(expected)
    })
    it('report no error', () => expect(server.errors).toEqual([]))
  })
}

const bye = close(1000)
const latin1 = (text: string) => Buffer.from(text).toString('latin1')

cases('messages', [
  ...[0, 1, 125, 126, 127, 128, 65_535, 65_536, MAX_MESSAGE].flatMap((length): Case[] => {
    const shown = length > 130 ? `${length}` : 'x'.repeat(length)
    const payload = 'x'.repeat(length)
    return [
      [`text of ${length} bytes is echoed`, [frame(TEXT, payload), bye], [`text ${shown}`, 'close 1000']],
      [`${length} bytes are echoed`, [frame(BINARY, payload), bye], [`binary ${shown}`, 'close 1000']],
    ]
  }),
  ['text that is not masked ends the connection', [frame(TEXT, 'a', { masked: false })], ['close 1002']],
])

cases('pings and pongs', [
  ['a ping is answered', [frame(PING), bye], ['pong ', 'close 1000']],
  ['a ping is answered with its payload', [frame(PING, 'Hello'), bye], ['pong Hello', 'close 1000']],
  [
    'a ping with any bytes is answered with them',
    [frame(PING, Buffer.from([0, 255, 254, 0xc0])), bye],
    ['pong \0\xff\xfe\xc0', 'close 1000'],
  ],
  [
    'a ping may have 125 bytes',
    [frame(PING, 'x'.repeat(125)), bye],
    [`pong ${'x'.repeat(125)}`, 'close 1000'],
  ],
  ['a ping of 126 bytes ends the connection', [frame(PING, 'x'.repeat(126))], ['close 1002']],
  ['a pong that nobody asked for is ignored', [frame(PONG, 'Hello'), bye], ['close 1000']],
  [
    'a ping after such a pong is answered',
    [frame(PONG, 'no'), frame(PING, 'yes'), bye],
    ['pong yes', 'close 1000'],
  ],
  [
    'ten pings are answered in order',
    [...Array.from({ length: 10 }, (_, n) => frame(PING, `${n}`)), bye],
    [...Array.from({ length: 10 }, (_, n) => `pong ${n}`), 'close 1000'],
  ],
])

cases('reserved bits', [
  ...[1, 2, 3, 4, 5, 6, 7].map(
    (rsv): Case => [`${rsv} end the connection`, [frame(TEXT, 'a', { rsv })], ['close 1002']],
  ),
  ['end the connection in a ping', [frame(PING, 'a', { rsv: 4 })], ['close 1002']],
  ['end the connection in a close', [Buffer.concat([Buffer.from([0xc8]), bye.subarray(1)])], ['close 1002']],
])

cases('reserved opcodes', [
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): Case[] => [
    [`${opcode} ends the connection`, [frame(opcode)], ['close 1002']],
    [`${opcode} with a payload ends the connection`, [frame(opcode, 'Hello'), frame(PING)], ['close 1002']],
  ]),
])

cases('fragments', [
  ['of a ping end the connection', fragments(PING, 'a', 'b'), ['close 1002']],
  ['of a pong end the connection', fragments(PONG, 'a', 'b'), ['close 1002']],
  ['of text are joined', [...fragments(TEXT, 'Hel', 'lo'), bye], ['text Hello', 'close 1000']],
  ['of bytes are joined', [...fragments(BINARY, 'Hel', 'lo'), bye], ['binary Hello', 'close 1000']],
  ['may be empty', [...fragments(TEXT, '', '', ''), bye], ['text ', 'close 1000']],
  ['may be empty around the text', [...fragments(TEXT, '', 'Hello', ''), bye], ['text Hello', 'close 1000']],
  [
    'may have a ping in between, which is answered first',
    [frame(TEXT, 'Hel', { fin: false }), frame(PING, 'now'), frame(CONTINUATION, 'lo'), bye],
    ['pong now', 'text Hello', 'close 1000'],
  ],
  [
    'may have a close in between, which ends the message',
    [frame(TEXT, 'Hel', { fin: false }), bye],
    ['close 1000'],
  ],
  ['cannot continue nothing', [frame(CONTINUATION, 'a')], ['close 1002']],
  ['cannot begin with a continuation', [frame(CONTINUATION, 'a', { fin: false })], ['close 1002']],
  [
    'cannot continue a message that has ended',
    [...fragments(TEXT, 'a', 'b'), frame(CONTINUATION, 'c'), frame(TEXT, 'd')],
    ['text ab', 'close 1002'],
  ],
  [
    'cannot be interrupted by another message',
    [frame(TEXT, 'a', { fin: false }), frame(TEXT, 'b')],
    ['close 1002'],
  ],
  [
    'of 50 bytes make a message of 64 KiB',
    [...fragments(TEXT, ...Array.from({ length: 1311 }, () => 'x'.repeat(50))), bye],
    ['text 65550', 'close 1000'],
  ],
])

const invalid: readonly (readonly [string, number[]])[] = [
  ['a lonely continuation byte', [0x80]],
  ['a sequence that is cut off', [0xe2, 0x82]],
  ['a byte that never occurs', [0xfe]],
  ['two bytes that are too long for their character', [0xc0, 0xaf]],
  ['three bytes that are too long for their character', [0xe0, 0x80, 0xaf]],
  ['four bytes that are too long for their character', [0xf0, 0x80, 0x80, 0xaf]],
  ['five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['a character beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a high surrogate', [0xed, 0xa0, 0x80]],
  ['a low surrogate', [0xed, 0xbf, 0xbf]],
  ['a pair of surrogates', [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80]],
]
const word = Buffer.from('κόσμε')

cases('UTF-8', [
  ...[
    'κόσμε',
    '\0',
    '\u007f',
    '\u0080',
    '\u07ff',
    '\u0800',
    '\ud7ff',
    '\ue000',
    '\ufeffBOM',
    '\ufffd',
    '\uffff',
    '𐀀',
    '\u{10ffff}',
  ].map(
    (text): Case => [
      `${JSON.stringify(text)} is echoed`,
      [frame(TEXT, text), bye],
      [`text ${latin1(text)}`, 'close 1000'],
    ],
  ),
  [
    'may be split inside characters',
    [...fragments(TEXT, ...Array.from(word, (byte) => Uint8Array.of(byte))), bye],
    [`text ${latin1('κόσμε')}`, 'close 1000'],
  ],
  ...invalid.flatMap(([name, bytes]): Case[] => [
    [`${name} ends the connection`, [frame(TEXT, Buffer.from([...word, ...bytes]))], ['close 1007']],
    [
      `${name} ends the connection, also in fragments`,
      fragments(TEXT, word, ...bytes.map((byte) => Uint8Array.of(byte))),
      ['close 1007'],
    ],
  ]),
  ['is not required of bytes', [frame(BINARY, Buffer.from([0xff])), bye], ['binary \xff', 'close 1000']],
])

cases('the close', [
  ['without a code is confirmed', [frame(8)], ['close']],
  ['ignores what follows', [bye, frame(TEXT, 'a'), frame(PING), bye], ['close 1000']],
  ['comes after what was sent before', [frame(TEXT, 'a'), bye], ['text a', 'close 1000']],
  ['with one byte ends the connection', [frame(8, 'a')], ['close 1002']],
  ['may have a reason', [close(1000, 'enough')], ['close 1000']],
  ['may have a reason of 123 bytes', [close(1000, 'x'.repeat(123))], ['close 1000']],
  ['with a reason of 124 bytes ends the connection', [close(1000, 'x'.repeat(124))], ['close 1002']],
  ['with a reason that is not UTF-8 ends the connection', [close(1000, Uint8Array.of(0xff))], ['close 1007']],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
    (code): Case => [`with code ${code} is confirmed`, [close(code)], [`close ${code}`]],
  ),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): Case => [`with code ${code} ends the connection`, [close(code)], ['close 1002']],
  ),
])

cases('limits', [
  [
    'a frame that announces more than maxMessage ends the connection before it arrives',
    [frame(BINARY, 'x', { length: MAX_MESSAGE + 1 })],
    ['close 1009'],
  ],
  [
    'a frame that announces 2⁶³ bytes ends the connection',
    [frame(BINARY, 'x', { length: 2n ** 63n })],
    ['close 1009'],
  ],
  [
    'fragments that are more than maxMessage together end the connection',
    [...fragments(BINARY, 'x'.repeat(MAX_MESSAGE), 'x')],
    ['close 1009'],
  ],
])

describe('compressed messages', () => {
  it.each([16, 1024, 65_536, 500_000])('of %i bytes are echoed', async (length) => {
    const echo = websocket(
      async (socket) => {
        for await (const message of socket) await socket.send(message)
      },
      { compress: true },
    )
    await using compressing = await start(echo)
    const { socket, next } = await compressing.open('/', { perMessageDeflate: { threshold: 0 } })
    for (const message of ['x'.repeat(length), 'grüße 🎉'.repeat(length / 16)]) {
      socket.send(message)
      expect(await next()).toBe(message)
    }
    socket.terminate()
  })

  it('that are not valid end the connection', async () => {
    await using compressing = await start(
      websocket((socket) => socket.closed.then(() => {}), { compress: true }),
    )
    const fields = 'Sec-WebSocket-Extensions: permessage-deflate\r\n'
    const bad: Case[] = [
      ['not deflated', [frame(TEXT, 'plain', { rsv: 4 })], ['close 1007']],
      [
        'marked in a continuation',
        [frame(TEXT, 'a', { fin: false }), frame(CONTINUATION, 'b', { rsv: 4 })],
        ['close 1002'],
      ],
      ['marked in a ping', [frame(PING, '', { rsv: 4 })], ['close 1002']],
    ]
    for (const [name, frames, expected] of bad) {
      expect([name, await exchange(await compressing.raw(handshakeText(fields)), frames)]).toEqual([
        name,
        expected,
      ])
    }
    expect(compressing.errors).toEqual([])
  })
})
