import { type HeaderParameter, parseParameters } from './header-parameters.ts'

/** The parsed `Content-Disposition` of a part. */
export interface Disposition {
  readonly name: string
  /** Present if the part is a file; `''` if the form's file input is empty. */
  readonly filename: string | undefined
}

/**
 * Parses the `Content-Disposition` of a part of `multipart/form-data`. Returns undefined if it is malformed or has no
 * name.
 *
 * Browsers write a quotation mark as `%22` and do not escape a backslash; other clients write `\"`. Backslashes are escapes
 * if the whole field can be parsed that way. `filename*` (RFC 8187) takes precedence over `filename`.
 *
 * Source: HTML standard, "Multipart form data"; RFC 7578 §4.2; RFC 6266 §4.
 */
export function parseDisposition(field: string): Disposition | undefined {
  const [type] = /^form-data(?=[ \t]*;)/i.exec(field) ?? []
  if (type === undefined) return undefined
  const parameters =
    parseParameters(field, type.length) ?? parseParameters(field, type.length, 'backslash is text')
  if (parameters === undefined || [...parameters.keys()].some(isContinuation)) return undefined
  const [name, filename] = [read(parameters, 'name'), read(parameters, 'filename')]
  return name === undefined || filename === null || name === null ? undefined : { name, filename }
}

/** Names of values that are split into pieces (RFC 2231 §3). Forms do not use them; ignoring them would turn a file into text. */
function isContinuation(name: string): boolean {
  return /^(?:file)?name\*\d/.test(name)
}

/** Returns null if there is only an extended value and it is malformed. */
function read(parameters: ReadonlyMap<string, HeaderParameter>, name: string): string | null | undefined {
  const [plain, extended] = [parameters.get(name), parameters.get(`${name}*`)]
  const decoded = extended && decodeExtended(extended.text)
  if (decoded !== undefined) return decoded
  if (plain === undefined) return extended === undefined ? undefined : null
  // Only a value with an escaped quotation mark is known to use escapes.
  const text = plain.text.includes('\\"') ? plain.text.replace(/\\(["\\])/g, '$1') : plain.text
  return text.replace(/%(?:0A|0D|22)/gi, decodeURIComponent)
}

/** Decodes a value such as `UTF-8''na%C3%AFve.txt` (RFC 8187 §3.2). Returns undefined if it is malformed. */
function decodeExtended(value: string): string | undefined {
  const [, charset, text = ''] = /^(utf-8|iso-8859-1)'[^']*'(.*)$/is.exec(value) ?? []
  try {
    if (charset === undefined) return undefined
    return charset.toLowerCase() === 'utf-8' ? decodeURIComponent(text) : decodeLatin1(text)
  } catch {
    return undefined
  }
}

function decodeLatin1(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
