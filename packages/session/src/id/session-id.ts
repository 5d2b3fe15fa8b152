/** 192 random bits. OWASP's Session Management Cheat Sheet requires at least 64. */
const ID_BYTES = 24

/** 96 random bits: public ids are no secret, but two sessions must not have the same one. */
const PUBLIC_ID_BYTES = 12

/** Returns a new public id: 16 characters of base64url. */
export function newPublicId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(PUBLIC_ID_BYTES)))
}

/** Returns a new session id: 32 characters of base64url. */
export function newId(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(ID_BYTES)))
}

/** Reports whether text from a client looks like an id. Other text is not looked up in the store. */
export function isId(text: string): boolean {
  return /^[\w-]{32}$/.test(text)
}

/** Encodes bytes as base64url without padding (RFC 4648 §5). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
