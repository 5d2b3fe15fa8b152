import { args, formBody, parts } from '@tsgi/args'
import { type Application, json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { bodies } from './bodies.ts'
import { contentTypes } from './content-types.ts'
import { fileNames, partHeaders } from './part-headers.ts'
import { A, END, type Fields, part } from './table.ts'

const body = formBody(z.record(z.string(), z.array(z.union([z.string(), z.file()]))))

/** Responds with the fields of a form. */
const web = client(
  args({ body })(async ({ args }) => {
    const fields: Record<string, unknown> = Object.create(null)
    for (const [name, values] of Object.entries(args.body)) {
      fields[name] = await Promise.all(
        values.map(async (value) =>
          typeof value === 'string' ? value : [value.name, value.type, await value.text()],
        ),
      )
    }
    return json(fields)
  }),
)

/** Responds with the fields of a form that it reads part by part. */
const byHand: Application = async (environ) => {
  const fields: Record<string, unknown[]> = Object.create(null)
  for await (const part of parts(environ)) {
    const { name, filename, type } = part
    fields[name] ??= []
    if (filename === undefined) fields[name].push(await part.text())
    else fields[name].push([filename, type, await new Response(part.body).text()])
  }
  return json(fields)
}

const TYPE = 'multipart/form-data; boundary=B'

/** Sends a form at once and byte by byte to both applications, and returns the fields or the status, which must be the same. */
async function read(text: string, type = TYPE): Promise<Fields | number> {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  const headers = { 'content-type': type }
  const send = async (to: typeof web, body: BodyInit) => {
    const response = await to.post('/', { headers, body })
    return response.status === 200 ? ((await response.json()) as Fields) : response.status
  }
  const [whole, ...others] = await Promise.all([
    send(web, bytes),
    send(web, byteByByte(bytes)),
    send(client(byHand), bytes),
    send(client(byHand), byteByByte(bytes)),
  ])
  for (const other of others) expect(other).toEqual(whole)
  return whole
}

function byteByByte(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at === bytes.length) controller.close()
      else controller.enqueue(bytes.slice(at, ++at))
    },
  })
}

describe('a multipart body with', () => {
  it.each(bodies)('%s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected)
  })
})

describe('the header of a part with', () => {
  it.each(partHeaders)('%s', async (_, headers, expected) => {
    expect(await read(part(headers, 'x') + END)).toEqual(expected)
  })
})

describe('the name of a file with', () => {
  it.each(fileNames)('%s', async (_, parameters, expected) => {
    expect(await read(part(`${A}; ${parameters}`, 'x') + END)).toEqual(expected)
  })
})

describe('the type of a multipart body with', () => {
  it.each(contentTypes)('%s', async (_, type, expected) => {
    expect(await read(part(A, 'x') + END, type)).toEqual(expected)
  })
})
