import { hash } from 'node:crypto'

/** Returns the SHA-256 digest of a body in base64url, of text in UTF-8. */
export function digest(body: string | Uint8Array<ArrayBuffer>): string | Promise<string> {
  return hash('sha256', body, 'base64url')
}
