import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { args, file, fileList, formBody, parts } from '@tsgi/args'
import { saveTo } from '@tsgi/args/node'
import { type Application, json, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'

const GIGABYTE = 1_000_000_000
const folder = await mkdtemp(join(tmpdir(), 'library-'))

const Recording = formBody(z.object({ reader: z.string().min(1), notes: z.string().optional() }), {
  fields: { notes: { maxSize: 10_000 } },
  files: {
    audio: file({ maxSize: GIGABYTE, types: ['audio/*'], ...saveTo(folder) }),
    photos: fileList({ maxCount: 3, maxSize: 100_000, types: ['image/png', 'image/jpeg'], optional: true }),
  },
})

const Text = formBody(z.object({ language: z.enum(['en', 'de']) }), {
  files: {
    words: file({
      maxSize: GIGABYTE,
      types: ['text/plain'],
      async receive(part) {
        let words = 0
        let end = ''
        for await (const chunk of part.body.pipeThrough(new TextDecoderStream())) {
          const found = `${end}${chunk}`.split(/\s+/)
          end = found.pop() ?? ''
          words += found.filter(Boolean).length
        }
        return end === '' ? words : words + 1
      },
    }),
  },
})

/** Returns the size of each file, without keeping any of them. */
const sizes: Application = async (environ) => {
  const found: Record<string, number> = {}
  for await (const part of parts(environ, { maxBodySize: GIGABYTE })) {
    if (part.filename === undefined) continue
    let size = 0
    for await (const chunk of part.body) size += chunk.byteLength
    found[part.filename] = size
  }
  return json(found)
}

export const application = router({
  '/recordings': {
    POST: args({ body: Recording })(({ args: { body } }) =>
      text(`${body.reader} has sent ${body.audio.size} bytes and ${body.photos.length} photos.\n`, {
        status: 201,
      }),
    ),
  },
  '/words': { POST: args({ body: Text })(({ args: { body } }) => json(body)) },
  '/sizes': { POST: sizes },
})

/** The folder that the recordings are saved to. */
export const recordings = folder
