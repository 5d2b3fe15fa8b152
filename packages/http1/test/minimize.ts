import { bytewise } from './hostile-bytes.ts'

type Pieces = readonly Uint8Array[]

/** Returns as few bytes as possible that still fail, in as few pieces. */
export async function minimize(pieces: Pieces, fails: (pieces: Pieces) => Promise<boolean>): Promise<Pieces> {
  let best = pieces
  const whole = Buffer.concat(pieces)
  for (const other of [[whole], bytewise(whole)]) {
    if (!(await fails(other))) continue
    best = other
    break
  }
  for (let size = whole.length >> 1; size > 0; size >>= 1) {
    for (let start = 0; start < lengthOf(best); ) {
      const shorter = without(best, start, start + size)
      if (shorter.length > 0 && (await fails(shorter))) best = shorter
      else start += size
    }
  }
  return best
}

function without(pieces: Pieces, start: number, end: number): Uint8Array[] {
  const kept: Uint8Array[] = []
  let at = 0
  for (const piece of pieces) {
    const parts = [piece.subarray(0, Math.max(0, start - at)), piece.subarray(Math.max(0, end - at))]
    kept.push(Buffer.concat(at + piece.length <= start || at >= end ? [piece] : parts))
    at += piece.length
  }
  return kept.filter(({ length }) => length > 0)
}

function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}
