/** Generates what an attacker sends on one connection: invalid requests, known attacks, mutations of both, cut anywhere. */
import { tables } from '../../../conformance/http1/tables/index.ts'
import { Random } from './random.ts'
import { hostileRequest } from './requests.ts'

/** The attacks of `conformance/`, except those that are only large. */
const ATTACKS = Object.values(tables)
  .flat()
  .map(([, bytes]) => bytes)
  .filter((bytes) => bytes.length < 1_000)

const INSERTED = [
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
]

const NEXT = 'GET /next HTTP/1.1\r\nHost: b\r\n\r\n'

/** Returns the pieces that arrive one after another. The seed and the number decide them. */
export function hostileBytes(seed: number, number: number): Uint8Array[] {
  const random = new Random(seed, number)
  let text = `${someRequests(random)}${NEXT}`
  if (random.once(3)) for (let edits = 1 + random.below(3); edits > 0; edits--) text = edit(random, text)
  // The part that arrives: usually all.
  if (random.once(4)) text = text.slice(0, 1 + random.below(text.length))
  return pieces(random, Buffer.from(text, 'latin1'))
}

function someRequests(random: Random): string {
  switch (random.below(8)) {
    case 0:
      return random.pick(ATTACKS)
    case 1:
      return random.pick(ATTACKS) + random.pick(ATTACKS)
    case 2:
      return random.pick(ATTACKS) + hostileRequest(random)
    case 3: {
      // The beginning of one, and the end of another.
      const [first, second] = [random.pick(ATTACKS), random.pick(ATTACKS)]
      return first.slice(0, random.below(first.length)) + second.slice(random.below(second.length))
    }
    case 4:
      return hostileRequest(random) + hostileRequest(random)
    default:
      return hostileRequest(random)
  }
}

function edit(random: Random, text: string): string {
  const start = random.below(text.length + 1)
  const end = Math.min(text.length, start + random.below(4))
  const part = text.slice(start, end)
  switch (random.below(6)) {
    case 0:
      return text.slice(0, start) + text.slice(end)
    case 1:
      return text.slice(0, end) + part + text.slice(end)
    case 2:
      return text.slice(0, start) + String.fromCharCode(random.below(256)) + text.slice(end)
    case 3: {
      const code = text.charCodeAt(start) || 0
      return text.slice(0, start) + String.fromCharCode(code ^ (1 << random.below(8))) + text.slice(start + 1)
    }
    default:
      return text.slice(0, start) + random.pick(INSERTED) + text.slice(random.once(2) ? start : end)
  }
}

function pieces(random: Random, bytes: Uint8Array): Uint8Array[] {
  if (random.once(50)) return bytewise(bytes)
  const cuts = Array.from({ length: random.below(4) }, () => random.below(bytes.length)).sort((a, b) => a - b)
  const places = [0, ...cuts, bytes.length]
  return places
    .slice(1)
    .map((end, n) => bytes.slice(places[n], end))
    .filter((piece) => piece.length > 0)
}

/** Returns each byte as a piece of its own. */
export function bytewise(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (_, at) => bytes.slice(at, at + 1))
}

/** Formats pieces for an error message. */
export function showPieces(pieces: readonly Uint8Array[]): string {
  const escaped = (character: string) => `\\x${character.charCodeAt(0).toString(16)}`
  return pieces
    .map((piece) => JSON.stringify(Buffer.from(piece).toString('latin1')).replaceAll(/[\x7f-\xff]/g, escaped))
    .join(' | ')
}
