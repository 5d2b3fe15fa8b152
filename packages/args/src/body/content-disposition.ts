/** What a part's `Content-Disposition` says. */
export interface Disposition {
  readonly name: string
  /** Present where the part is a file; `''` where the form's file input was left empty. */
  readonly filename: string | undefined
}

const parameter = /\s*;\s*([\w*-]+)=(?:"([^"]*)"|([^\s;"]+))/y

/**
 * Parses the `Content-Disposition` of a part of `multipart/form-data`; undefined where it is malformed or has no name.
 *
 * A backslash is plain, and of percent-encoding only the three sequences that browsers write are decoded: that is how
 * the HTML standard has forms encoded ("Multipart form data"). `filename*` is left alone, as RFC 7578 §4.2 asks.
 */
export function parseDisposition(field: string): Disposition | undefined {
  const type = /^form-data(?=\s*;)/i.exec(field)
  if (type === null) return undefined
  let name: string | undefined
  let filename: string | undefined
  let index = type[0].length
  while (index < field.length) {
    parameter.lastIndex = index
    const match = parameter.exec(field)
    if (match === null) return undefined
    const [, key, quoted, plain] = match
    const value = (quoted ?? plain ?? '').replace(/%(?:0A|0D|22)/gi, decodeURIComponent)
    if (key?.toLowerCase() === 'name') name ??= value
    if (key?.toLowerCase() === 'filename') filename ??= value
    index = parameter.lastIndex
  }
  return name === undefined ? undefined : { name, filename }
}
