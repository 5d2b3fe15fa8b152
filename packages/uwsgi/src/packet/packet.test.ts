import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodePacket, PacketError, PacketReader, type UwsgiPacket } from '../index.ts'

const variable = fc.tuple(
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
    minLength: 1,
  }),
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)) }),
)
const variables = fc.array(variable, { maxLength: 40 }).map((pairs) => pairs.flat())
const modifier1 = fc.constantFrom(0, 30, 100)
const modifier2 = fc.integer({ min: 0, max: 255 })

/** Parses bytes split into chunks of these sizes; the last size repeats. */
function readInPieces(
  bytes: Uint8Array,
  sizes: readonly number[],
): { packet: UwsgiPacket; rest: string } | undefined {
  const reader = new PacketReader()
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[Math.min(index, sizes.length - 1)]!
    const packet = reader.push(bytes.subarray(at, at + size))
    at += size
    if (packet) return { packet, rest: reader.rest.toString('latin1') }
  }
  return undefined
}

function faultOf(bytes: Uint8Array, maxVariables = 256): PacketError['fault'] {
  try {
    new PacketReader({ maxVariables }).push(bytes)
  } catch (error) {
    if (error instanceof PacketError) return error.fault
    throw error
  }
  throw new Error('the packet was not rejected')
}

describe('a packet', () => {
  it('survives encoding and parsing, however it is split', () => {
    fc.assert(
      fc.property(
        variables,
        modifier1,
        modifier2,
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1 }),
        fc.string({ unit: 'grapheme-ascii' }),
        (variables, modifier1, modifier2, sizes, body) => {
          const bytes = Buffer.concat([encodePacket(variables, { modifier1, modifier2 }), Buffer.from(body)])
          const read = readInPieces(bytes, sizes)
          expect(read?.packet).toEqual({ modifier1, modifier2, variables, contentLength: undefined })
          expect(body.startsWith(read!.rest)).toBe(true)
        },
      ),
    )
  })

  it('is parsed or rejected if it is corrupted or cut off', () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }))
    fc.assert(
      fc.property(
        variables,
        fc.array(change, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (variables, changes, cut) => {
          const bytes = encodePacket(['CONTENT_LENGTH', '12', 'HTTP_CONTENT_LENGTH', '12', ...variables])
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          const reader = new PacketReader()
          try {
            const packet = reader.push(bytes.subarray(0, cut % (bytes.length + 1)))
            if (packet) expect(packet.variables.length % 2).toBe(0)
          } catch (error) {
            expect(error).toBeInstanceOf(PacketError)
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is parsed or rejected if it is random', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom(0, 30, 100), (bytes, modifier) => {
        const packet = Buffer.concat([
          Buffer.from([modifier, bytes.length & 255, bytes.length >> 8, 0]),
          bytes,
        ])
        try {
          expect(new PacketReader().push(packet)?.modifier1).toBe(modifier)
        } catch (error) {
          expect(error).toBeInstanceOf(PacketError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('can be as large as the protocol allows', () => {
    const full = ['N', 'v'.repeat(65_535 - 5)]
    const bytes = encodePacket(full)
    expect(bytes.length).toBe(65_539)
    expect(new PacketReader().push(bytes)?.variables).toEqual(full)
    expect(() => encodePacket(['NN', 'v'.repeat(65_535 - 5)])).toThrow(
      new RangeError('encodePacket: the variables take 65536 bytes, but a packet can hold 65535'),
    )
  })

  it('can be empty', () => {
    expect(new PacketReader().push(Buffer.from([100, 0, 0, 0]))).toEqual({
      modifier1: 100,
      modifier2: 0,
      variables: [],
      contentLength: undefined,
    })
  })
})

describe('PacketReader', () => {
  it('rejects all modifiers except those of requests and pings', () => {
    const served: number[] = []
    for (let modifier = 0; modifier < 256; modifier++) {
      const packet = encodePacket([], { modifier1: modifier })
      if ([0, 30, 100].includes(modifier)) served.push(new PacketReader().push(packet)!.modifier1)
      else expect(faultOf(packet)).toBe('modifier')
    }
    expect(served).toEqual([0, 30, 100])
  })

  it('rejects other protocols by their first bytes', () => {
    expect(faultOf(Buffer.from('GET / HTTP/1.1\r\n'))).toBe('modifier')
    expect(faultOf(Buffer.from('\x16\x03\x01\x02'))).toBe('modifier')
  })

  it('rejects a variable with an empty name', () => {
    expect(faultOf(Buffer.from([0, 5, 0, 0, 0, 0, 1, 0, 65]))).toBe('empty-name')
  })

  it.each([
    ['a name', [0, 3, 0, 0, 9, 0, 65]],
    ['a name, by one byte', [0, 3, 0, 0, 2, 0, 65]],
    ['the length of a name', [0, 1, 0, 0, 1]],
    ['the length of a value', [0, 4, 0, 0, 1, 0, 65, 1]],
    ['a value', [0, 6, 0, 0, 1, 0, 65, 2, 0, 66]],
    ['a missing value', [0, 3, 0, 0, 1, 0, 65]],
  ])('rejects a packet that is too short for %s', (_, bytes) => {
    // The bytes after the packet are not part of it.
    expect(faultOf(Buffer.from([...bytes, 66, 66, 66, 66]))).toBe('overrun')
  })

  it('rejects too many variables', () => {
    const bytes = encodePacket(['A', '1', 'B', '2', 'C', '3'])
    expect(new PacketReader({ maxVariables: 3 }).push(bytes)?.variables).toHaveLength(6)
    expect(faultOf(bytes, 2)).toBe('too-many-variables')
  })

  it.each([
    ['two, even if they agree', ['CONTENT_LENGTH', '5', 'CONTENT_LENGTH', '5']],
    ['an empty one and another', ['CONTENT_LENGTH', '', 'CONTENT_LENGTH', '5']],
    ['one that contradicts the header', ['CONTENT_LENGTH', '5', 'HTTP_CONTENT_LENGTH', '6']],
    ['none, although there is a header', ['HTTP_CONTENT_LENGTH', '6']],
    ['two headers', ['CONTENT_LENGTH', '6', 'HTTP_CONTENT_LENGTH', '6', 'HTTP_CONTENT_LENGTH', '6']],
    ['a sign', ['CONTENT_LENGTH', '+5']],
    ['a negative number', ['CONTENT_LENGTH', '-1']],
    ['hexadecimal', ['CONTENT_LENGTH', '0x10']],
    ['white space', ['CONTENT_LENGTH', ' 5']],
    ['a list', ['CONTENT_LENGTH', '5, 5']],
    ['more than 15 digits', ['CONTENT_LENGTH', '9999999999999999']],
  ])('rejects this CONTENT_LENGTH: %s', (_, variables) => {
    expect(faultOf(encodePacket(variables))).toBe('content-length')
  })

  it('accepts an empty CONTENT_LENGTH, and one that repeats the header', () => {
    const read = (...variables: string[]) => new PacketReader().push(encodePacket(variables))?.contentLength
    expect(read('CONTENT_LENGTH', '')).toBeUndefined()
    expect(read('CONTENT_LENGTH', '0')).toBe(0)
    expect(read('HTTP_CONTENT_LENGTH', '7', 'CONTENT_LENGTH', '7')).toBe(7)
  })

  it('parses only one packet', () => {
    const packet = encodePacket(['A', 'b'])
    const reader = new PacketReader()
    reader.push(packet)
    expect(() => reader.push(packet)).toThrow('the packet is complete')
    const refused = new PacketReader()
    expect(() => refused.push(Buffer.from('GET /'))).toThrow(PacketError)
    expect(() => refused.push(packet)).toThrow('the packet is complete')
  })

  it('rejects an invalid option', () => {
    expect(() => new PacketReader({ maxVariables: 0 })).toThrow(
      new TypeError('PacketReader: maxVariables must be a whole number of at least 1, got 0'),
    )
  })
})

describe('encodePacket', () => {
  it('rejects variables that a packet cannot hold', () => {
    expect(() => encodePacket(['A'])).toThrow(new TypeError('encodePacket: the last variable has no value'))
    expect(() => encodePacket(['', 'x'])).toThrow(new TypeError('encodePacket: a variable has an empty name'))
    expect(() => encodePacket(['A', '€'])).toThrow(
      new TypeError("encodePacket: '€' has a character above U+00FF; encode it as bytes first"),
    )
    expect(() => encodePacket([], { modifier1: 256 })).toThrow(
      new TypeError('encodePacket: modifier1 must be a whole number from 0 to 255, got 256'),
    )
    expect(() => encodePacket([], { modifier2: 0.5 })).toThrow(
      new TypeError('encodePacket: modifier2 must be a whole number from 0 to 255, got 0.5'),
    )
  })
})
