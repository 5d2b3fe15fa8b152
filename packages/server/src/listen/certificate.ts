import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'

/** The certificate for `https://` addresses. */
export interface TlsOptions {
  /** The path of a PEM file with the certificate, followed by its intermediates. */
  readonly cert: string
  /** The path of a PEM file with the private key, without a passphrase. */
  readonly key: string
}

/** The contents of the files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/**
 * Checks the option `tls`.
 *
 * @param isNeeded Whether there is an `https://` address.
 * @throws TypeError if the option is invalid, missing or unused.
 */
export function checkTls(tls: unknown, isNeeded: boolean): TlsOptions | undefined {
  if (tls === undefined) {
    if (isNeeded)
      throw new TypeError(
        'serve: tls must be set for an https:// address, to the paths of two PEM files: { cert, key }',
      )
    return undefined
  }
  const { cert, key } = Object(tls)
  if (typeof cert !== 'string' || typeof key !== 'string' || cert === '' || key === '') {
    throw new TypeError('serve: tls must be the paths of two PEM files: { cert, key }')
  }
  if (!isNeeded) throw new TypeError('serve: tls must be used with an https:// address in listen')
  return { cert, key }
}

/**
 * Reads a certificate and its key.
 *
 * @throws Error if a file cannot be read or is not a certificate or key, or if the key does not match the certificate.
 */
export async function readCertificate(files: TlsOptions): Promise<Certificate> {
  const [cert, key] = await Promise.all([read('cert', files), read('key', files)])
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

async function read(option: keyof TlsOptions, files: TlsOptions): Promise<string> {
  try {
    return await readFile(files[option], 'utf8')
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(`serve: the ${NAMES[option]} cannot be read: ${message}`, { cause })
  }
}

const NAMES: Readonly<Record<keyof TlsOptions, string>> = { cert: 'certificate', key: 'private key' }
