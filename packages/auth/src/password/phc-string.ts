import type { Parameters } from './derive.ts'

interface StoredHash {
  readonly parameters: Parameters
  readonly hash: Buffer
}

/**
 * Formats a hash with its parameters and salt.
 *
 * Source: the PHC string format, https://github.com/P-H-C/phc-string-format.
 */
export function formatHash(parameters: Parameters, hash: Uint8Array): string {
  const salt = encode(parameters.salt)
  if (parameters.algorithm === 'argon2id') {
    const { memory, passes, parallelism } = parameters
    return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt}$${encode(hash)}`
  }
  const { cost, blockSize, parallelism } = parameters
  return `$scrypt$ln=${cost},r=${blockSize},p=${parallelism}$${salt}$${encode(hash)}`
}

const ARGON2 = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{22,86})$/
const SCRYPT = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{22,86})$/

/** Most memory that a stored hash can make this process use. */
const MAX_MEMORY = 256 * 1024 * 1024

/** @throws TypeError if the text is not a hash with parameters that are acceptable. */
export function parseHash(text: string): StoredHash {
  const argon2 = ARGON2.exec(text)
  const [, ...parts] = argon2 ?? SCRYPT.exec(text) ?? []
  const [first = 0, second = 0, parallelism = 0] = parts.slice(0, 3).map(Number)
  const [salt = '', hash = ''] = parts.slice(3)
  const parameters: Parameters =
    argon2 === null
      ? { algorithm: 'scrypt', cost: first, blockSize: second, parallelism, salt: decode(salt) }
      : { algorithm: 'argon2id', memory: first, passes: second, parallelism, salt: decode(salt) }
  const memory = argon2 === null ? 128 * 2 ** first * second : first * 1024
  const isValid = first > 0 && second > 0 && parallelism > 0 && memory <= MAX_MEMORY
  // The text is a secret, so the message does not show it.
  if (!isValid) throw new TypeError('verifyPassword: hash must be a PHC string of argon2id or scrypt')
  return { parameters, hash: decode(hash) }
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

function decode(text: string): Buffer {
  return Buffer.from(text, 'base64')
}
