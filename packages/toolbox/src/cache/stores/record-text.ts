import { type CacheRecord, isRecord, type StoredResponse } from './store.ts'

/**
 * Writes a record as text: a line of JSON, and for a response its body. A body in UTF-8 is written unchanged, any other in
 * base64, because clients of Redis read text by default.
 */
export function recordText(record: CacheRecord): string {
  if ('names' in record) return `${JSON.stringify(record)}\n`
  const { body, ...head } = record
  const text = textOf(body)
  const encoding = text === undefined ? 'base64' : 'utf-8'
  return `${JSON.stringify({ ...head, encoding })}\n${text ?? toBase64(body)}`
}

/** Reads a record. Returns undefined if the text is not one, because it is from another program or version. */
export function parseRecord(text: string): CacheRecord | undefined {
  const end = text.indexOf('\n')
  try {
    const head = JSON.parse(text.slice(0, end)) as Partial<StoredResponse> & { encoding?: unknown }
    const { encoding, ...fields } = head
    const content = text.slice(end + 1)
    const body = encoding === 'base64' ? fromBase64(content) : new TextEncoder().encode(content)
    const record: unknown = encoding === undefined ? fields : { ...fields, body }
    return isRecord(record) ? record : undefined
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(body: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return decoder.decode(body)
  } catch {
    return undefined
  }
}

/** The most arguments that a call may have everywhere is larger. */
const CHUNK = 8192

function toBase64(body: Uint8Array<ArrayBuffer>): string {
  let binary = ''
  for (let at = 0; at < body.length; at += CHUNK) {
    binary += String.fromCharCode(...body.subarray(at, at + CHUNK))
  }
  return btoa(binary)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
