const token = /[!#$%&'*+\-.^`|~\w]+/.source

/** `name=value` after a semicolon; the value is a token or a quoted string. A semicolon may stand alone. */
const STANDARD = parameterAfterSemicolon(/"((?:[^"\\]|\\.)*)"/.source)

/** The form syntax of browsers: a backslash in a quoted string is an ordinary character (HTML standard, "Multipart form data"). */
const BACKSLASH_IS_TEXT = parameterAfterSemicolon(/"([^"]*)"/.source)

function parameterAfterSemicolon(quoted: string): RegExp {
  return new RegExp(`[ \\t]*;[ \\t]*(?:(${token})=(?:${quoted}|([^ \\t;"]+)))?[ \\t]*`, 'sy')
}

/** A parameter's value as it is written in the field. */
export interface HeaderParameter {
  readonly text: string
  readonly isQuoted: boolean
}

/**
 * Parses the parameters of a header field, starting at an index (RFC 9110 §5.6.6). Names are in lower case. If a name is
 * repeated, its first value is kept. Returns undefined if the parameters are malformed.
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
