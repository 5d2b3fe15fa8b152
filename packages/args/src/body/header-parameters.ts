const token = /[!#$%&'*+\-.^`|~\w]+/.source

/** `name=value` after a semicolon; the value is a token or a quoted string. A semicolon may stand alone. */
const STANDARD = parameterAfterSemicolon(/"((?:[^"\\]|\\.)*)"/.source)

/** As browsers write forms: a backslash in a quoted string is an ordinary character (HTML standard, "Multipart form data"). */
const BACKSLASH_IS_TEXT = parameterAfterSemicolon(/"([^"]*)"/.source)

function parameterAfterSemicolon(quoted: string): RegExp {
  return new RegExp(`[ \\t]*;[ \\t]*(?:(${token})=(?:${quoted}|([^ \\t;"]+)))?[ \\t]*`, 'y')
}

/** A parameter's value as it stands in the field. */
export interface HeaderParameter {
  readonly text: string
  readonly isQuoted: boolean
}

/**
 * Parses the parameters of a header field from an index on (RFC 9110 §5.6.6). Names are in lower case; the first of
 * several parameters with the same name counts. Returns undefined if they are malformed.
 */
export function parseParameters(
  field: string,
  index: number,
  syntax: 'standard' | 'backslash is text' = 'standard',
): ReadonlyMap<string, HeaderParameter> | undefined {
  const pattern = syntax === 'standard' ? STANDARD : BACKSLASH_IS_TEXT
  const parameters = new Map<string, HeaderParameter>()
  pattern.lastIndex = index
  while (pattern.lastIndex < field.length) {
    const match = pattern.exec(field)
    if (match === null) return undefined
    const [, name, quoted, plain] = match
    if (name !== undefined && !parameters.has(name.toLowerCase())) {
      parameters.set(name.toLowerCase(), { text: quoted ?? plain ?? '', isQuoted: quoted !== undefined })
    }
  }
  return parameters
}
