import * as crypto from 'node:crypto'
import { promisify } from 'node:util'
import { HttpError } from '@tsgi/core'

/** An algorithm and its parameters. `memory` is in KiB, `cost` is the logarithm of scrypt's N. */
export type Parameters =
  | {
      readonly algorithm: 'argon2id'
      readonly memory: number
      readonly passes: number
      readonly parallelism: number
      readonly salt: Uint8Array
    }
  | {
      readonly algorithm: 'scrypt'
      readonly cost: number
      readonly blockSize: number
      readonly parallelism: number
      readonly salt: Uint8Array
    }

// Node 24.7 and newer.
const argon2 = (crypto as Partial<typeof crypto>).argon2

/** Returns the parameters of a new hash, with a random salt. */
export function newParameters(): Parameters {
  const salt = crypto.randomBytes(16)
  return argon2 === undefined
    ? { algorithm: 'scrypt', cost: 17, blockSize: 8, parallelism: 1, salt }
    : { algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1, salt }
}

const MAX_RUNNING = 4
const MAX_WAITING = 100
let running = 0
const waiting: (() => void)[] = []

/**
 * Derives a hash from a password, when it is its turn.
 *
 * @throws HttpError 503 if too many are waiting; Error if this version of Node lacks the algorithm.
 */
export async function derive(password: Buffer, parameters: Parameters, length: number): Promise<Buffer> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) {
      throw new HttpError(503, 'Too many passwords are being checked.', {
        headers: { 'retry-after': '5' },
        report: false,
      })
    }
    // The one that ends passes its place on.
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    running++
  }
  try {
    return await compute(password, parameters, length)
  } finally {
    const next = waiting.shift()
    if (next === undefined) running--
    else next()
  }
}

const scrypt = promisify<string | Buffer, Uint8Array, number, crypto.ScryptOptions, Buffer>(crypto.scrypt)

function compute(password: Buffer, parameters: Parameters, length: number): Promise<Buffer> {
  const { salt, parallelism } = parameters
  if (parameters.algorithm === 'scrypt') {
    const N = 2 ** parameters.cost
    const r = parameters.blockSize
    // Node's default is too low for these parameters.
    return scrypt(password, salt, length, { N, r, p: parallelism, maxmem: 256 * N * r })
  }
  if (argon2 === undefined) throw new Error('verifyPassword: argon2id needs Node 24.7 or newer')
  const { memory, passes } = parameters
  const options = { message: password, nonce: salt, parallelism, tagLength: length, memory, passes }
  return promisify(argon2)('argon2id', options)
}
