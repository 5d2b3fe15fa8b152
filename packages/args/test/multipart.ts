/** A part of a form: text, or a file. */
export type SentPart = readonly [
  name: string,
  content: string | Uint8Array,
  file?: { readonly filename: string; readonly type?: string },
]

const encoder = new TextEncoder()

/** The header field of a form with the boundary `Bx1`. */
export const formHeaders = { 'content-type': 'multipart/form-data; boundary=Bx1' }

/** Returns the bytes of the head of a part. */
export function partHead([name, , file]: SentPart): Uint8Array<ArrayBuffer> {
  const filename = file === undefined ? '' : `; filename="${file.filename}"`
  const type = file?.type === undefined ? '' : `\r\nContent-Type: ${file.type}`
  return encoder.encode(`--Bx1\r\nContent-Disposition: form-data; name="${name}"${filename}${type}\r\n\r\n`)
}

export const formEnd: Uint8Array<ArrayBuffer> = encoder.encode('--Bx1--\r\n')

/** Returns the bytes of a form with the boundary `Bx1`. */
export function formBytes(parts: readonly SentPart[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.flatMap((part) => {
    const [, content] = part
    return [
      partHead(part),
      typeof content === 'string' ? encoder.encode(content) : content,
      encoder.encode('\r\n'),
    ]
  })
  return new Uint8Array(Buffer.concat([...pieces, formEnd]))
}
