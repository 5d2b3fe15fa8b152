import { HttpError } from '@tsgi/core'

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses the headers of a part: names in lower case, and folded lines joined by a space (RFC 5322 §2.2.3). Throws 400 if a
 * line is malformed or a name is repeated.
 */
export function parsePartHeaders(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = decode(bytes).replace(/\r\n[ \t]+/g, ' ')
  const headers = new Map<string, string>()
  for (const line of text === '' ? [] : text.split('\r\n')) {
    const [, name, value] = /^([!#$%&'*+\-.^`|~\w]+):(.*)$/s.exec(line) ?? []
    // Other parsers read a control character in a line, or a line that may be a boundary, in different ways.
    if (name === undefined || value === undefined || name.startsWith('--') || /[\0\r\n]/.test(value)) {
      throw new HttpError(400, 'A part of the form has a malformed header.')
    }
    if (headers.has(name.toLowerCase())) throw new HttpError(400, 'A part of the form repeats a header.')
    headers.set(name.toLowerCase(), trimBlanks(value))
  }
  return headers
}

// `trim` would remove more than spaces and tabs, and a regular expression would take quadratic time.
function trimBlanks(text: string): string {
  const isBlank = (index: number) => text[index] === ' ' || text[index] === '\t'
  let [start, end] = [0, text.length]
  while (start < end && isBlank(start)) start++
  while (end > start && isBlank(end - 1)) end--
  return text.slice(start, end)
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new HttpError(400, 'A header in a part of the form is not valid UTF-8.', { cause })
  }
}
