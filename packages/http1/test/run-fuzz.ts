/** Searches for bytes that the parser and node:http read differently, and for bytes that break the parser. */
import type { ParserLimits } from '../src/index.ts'
import { compare, tabs } from './differential.ts'
import { hostileBytes, showPieces } from './hostile-bytes.ts'
import { checkInvariants } from './invariants.ts'
import { minimize } from './minimize.ts'
import type { Seen } from './seen.ts'
import { seenByNode } from './seen-by-node.ts'
import { stricter } from './stricter.ts'

export interface FuzzOptions {
  /** Decides what the inputs are, together with their numbers. */
  readonly seed: number
  /** The number of the first input. Default: 0. */
  readonly from?: number
  /** How many inputs to generate. */
  readonly inputs: number
  /** Whether to compare with node:http. Default: true. */
  readonly compares?: boolean
}

export interface FuzzResult {
  inputs: number
  /** Inputs that the parser and node:http read the same. */
  same: number
  /** Inputs that only one of them rejects, by the reason: how many, and the number of the first. */
  readonly stricter: Map<string, { count: number; first: number }>
}

/** The number of connections that node:http has at once. */
const BATCH = 250

/** So small that many requests exceed them. */
const SMALL: ParserLimits = { maxHeaderSize: 256, maxHeadersCount: 3, maxUrlLength: 8 }

/**
 * Generates inputs, checks the parser with each, and compares it with node:http. Yields the same result after every batch.
 *
 * @throws Error with a short input that fails, if one does.
 */
export async function* fuzz({
  seed,
  from = 0,
  inputs,
  compares = true,
}: FuzzOptions): AsyncGenerator<FuzzResult> {
  const result: FuzzResult = { inputs: 0, same: 0, stricter: new Map() }
  while (result.inputs < inputs) {
    const first = from + result.inputs
    const size = Math.min(BATCH, inputs - result.inputs)
    const batch = Array.from({ length: size }, (_, at) => hostileBytes(seed, first + at))
    const seen = compares ? await seenByNode(batch) : []
    for (const [at, pieces] of batch.entries()) {
      const number = first + at
      const limits = number % 8 === 0 ? SMALL : undefined
      try {
        checkInvariants(pieces, limits)
        if (compares) record(result, number, await compareKnown(pieces, seen[at]!))
      } catch (error) {
        throw new Error(`seed ${seed}, input ${number}: ${await explain(pieces, error as Error, limits)}`)
      }
    }
    result.inputs += size
    yield result
  }
}

function record(result: FuzzResult, number: number, reason: string | undefined): void {
  const entry = reason === undefined ? undefined : result.stricter.get(reason)
  if (reason === undefined) result.same++
  else if (entry === undefined) result.stricter.set(reason, { count: 1, first: number })
  else entry.count++
}

async function compareKnown(pieces: readonly Uint8Array[], node: Seen): Promise<string | undefined> {
  const reason = compare(pieces, node)
  if (reason === undefined || reason === tabs || stricter.has(reason)) return reason
  if (await rejectsNextByte(pieces)) return undefined
  throw new Error(`only the parser rejects it, and that is not on the list: ${reason}`)
}

/** Whether node:http waits for one more byte to reject what it has, whichever it is. */
async function rejectsNextByte(pieces: readonly Uint8Array[]): Promise<boolean> {
  const seen = await seenByNode(Array.from({ length: 256 }, (_, byte) => [...pieces, Uint8Array.of(byte)]))
  return seen.every(({ refusal }) => refusal !== undefined)
}

/** Returns the error of the shortest input that fails in the same way, and that input. */
async function explain(
  pieces: readonly Uint8Array[],
  { message }: Error,
  limits?: ParserLimits,
): Promise<string> {
  const kind = kindOf(message)
  let last = message
  const shortest = await minimize(pieces, async (candidate) => {
    try {
      checkInvariants(candidate, limits)
      const [node] = await seenByNode([candidate])
      await compareKnown(candidate, node!)
      return false
    } catch (error) {
      if (kindOf((error as Error).message) !== kind) return false
      last = (error as Error).message
      return true
    }
  })
  return `${last}\n${showPieces(shortest)}`
}

function kindOf(message: string): string {
  return message.replace(/[:\d{][\s\S]*$/, '')
}
