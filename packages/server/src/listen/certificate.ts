import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'

/** The certificate of a server that listens on `https://`. */
export interface TlsOptions {
  /** The path of a PEM file: the certificate, and after it those of the authorities between it and a root. */
  readonly cert: string
  /** The path of a PEM file: the certificate's private key, without a passphrase. */
  readonly key: string
}

/** What a TLS server is given: the files' text. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/**
 * Checks the option `tls` against the addresses that need it.
 *
 * @throws TypeError naming the option, and what was expected.
 */
export function checkTls(tls: unknown, isNeeded: boolean): TlsOptions | undefined {
  if (tls === undefined) {
    if (isNeeded) throw new TypeError("serve: tls must be given where listen names 'https://': { cert, key }")
    return undefined
  }
  const { cert, key } = Object(tls)
  if (typeof cert !== 'string' || typeof key !== 'string' || cert === '' || key === '') {
    throw new TypeError('serve: tls must be the paths of two PEM files: { cert, key }')
  }
  if (!isNeeded) throw new TypeError("serve: tls must go with an address 'https://HOST:PORT' in listen")
  return { cert, key }
}

/**
 * Reads a certificate and its key.
 *
 * @throws Error where a file cannot be read (Node's own), holds no certificate or key, or the two do not belong together.
 */
export async function readCertificate(files: TlsOptions): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')])
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(`serve: ${files.cert} and ${files.key} are not a certificate and its key: ${message}`, {
      cause,
    })
  }
  return { cert, key }
}
