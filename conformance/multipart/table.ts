/** The fields of a form: each name with its values. A file is its name, type and content. */
export type Fields = Readonly<
  Record<string, readonly (string | readonly [name: string, type: string, text: string])[]>
>

/** One case: its name, what is sent, the fields or the status that must result, and the rule that says so. */
export type Row = readonly [name: string, sent: string, expected: Fields | number, source: string]

/** The disposition of a field named `a`. */
export const A = 'Content-Disposition: form-data; name="a"'

/** A part with these header lines. */
export function part(headers: string, body: string): string {
  return `--B\r\n${headers}\r\n\r\n${body}\r\n`
}

export const END = '--B--\r\n'
