/** Enough for 128 bits even where every character is a hexadecimal digit. */
const MIN_LENGTH = 32

/** The secrets as a list, checked. The message never shows one. */
export function checkSecrets(secrets: string | readonly string[]): readonly [string, ...string[]] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets]
  if (list.length === 0)
    throw new TypeError('cookies: secrets must have at least one secret, got an empty list')
  for (const [index, secret] of list.entries()) {
    if (typeof secret !== 'string' || secret.length < MIN_LENGTH) {
      const got =
        typeof secret === 'string' ? `one of ${secret.length}` : secret === null ? 'null' : typeof secret
      throw new TypeError(
        `cookies: secrets must be strings of at least ${MIN_LENGTH} characters, got ${got} at index ${index}`,
      )
    }
  }
  return list as readonly [string, ...string[]]
}
