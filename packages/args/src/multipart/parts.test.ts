import { type Application, json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { formBytes, formHeaders, type SentPart } from '../../test/multipart.ts'
import { type FormLimits, type FormPart, parts } from '../index.ts'

const sent = (...all: SentPart[]) => ({ body: formBytes(all), headers: formHeaders })
const a = { filename: 'a.txt', type: 'text/plain' }

/** An application that responds with what a function returns for each part. */
function each(read: (part: FormPart) => unknown, limits?: FormLimits) {
  const application: Application = async (environ) => {
    const results: unknown[] = []
    for await (const part of parts(environ, limits)) results.push(await read(part))
    return json(results)
  }
  return client(application)
}

describe('parts', () => {
  it('yields fields and files in order, with their names, types and headers', async () => {
    const web = each(async (part) => [
      part.name,
      part.filename ?? null,
      part.type,
      [...part.headers.keys()],
      await part.text(),
    ])
    const response = await web.post('/', sent(['title', 'Sea é'], ['doc', 'x', a], ['title', '']))
    const disposition = 'content-disposition'
    expect(await response.json()).toEqual([
      ['title', null, 'text/plain', [disposition], 'Sea é'],
      ['doc', 'a.txt', 'text/plain', [disposition, 'content-type'], 'x'],
      ['title', null, 'text/plain', [disposition], ''],
    ])
  })

  it('reads the body of a part as a stream, bytes or text', async () => {
    const web = each(async (part) => {
      if (part.name === 'bytes') return [...(await part.bytes())]
      return part.name === 'text' ? part.text() : [...(await new Response(part.body).bytes())]
    })
    const response = await web.post('/', sent(['bytes', 'AB'], ['text', 'AB'], ['stream', 'AB', a]))
    expect(await response.json()).toEqual([[65, 66], 'AB', [65, 66]])
  })

  it('skips what is not read of a part', async () => {
    const content = new Uint8Array(300_000).fill(120)
    const web = each(async (part) => {
      if (part.name === 'read') return part.text()
      if (part.name === 'begun') for await (const chunk of part.body) return chunk.byteLength > 0
      return part.name
    })
    const form = sent(['skipped', content, a], ['begun', content, a], ['skipped', 'x'], ['read', 'x'])
    expect(await (await web.post('/', form)).json()).toEqual(['skipped', true, 'skipped', 'x'])
  })

  it('yields nothing if there is no body, and leaves out file inputs without a file', async () => {
    const web = each((part) => part.name)
    expect(await (await web.post('/', { headers: formHeaders })).json()).toEqual([])
    const empty = { filename: '', type: 'application/octet-stream' }
    const response = await web.post('/', sent(['no', '', empty], ['yes', 'x', empty], ['last', '']))
    expect(await response.json()).toEqual(['yes', 'last'])
  })

  it('lets a handler stop before the end', async () => {
    const application: Application = async (environ) => {
      for await (const part of parts(environ)) return text(await part.text())
      return text('')
    }
    expect(await (await client(application).post('/', sent(['a', '1'], ['b', '2']))).text()).toBe('1')
  })

  it('fails the stream of a part when the next one is requested, even during a read', async () => {
    const streams: ReadableStream<Uint8Array>[] = []
    const pending: Promise<unknown>[] = []
    const web = each((part) => {
      const reader = part.body.getReader()
      pending.push(reader.read().then(() => reader.read()))
      reader.closed.catch(() => {})
      streams.push(part.body)
    })
    const content = 'x'.repeat(10_000)
    expect((await web.post('/', sent(['first', content, a], ['last', content, a]))).status).toBe(200)
    const messages = (await Promise.allSettled(pending)).map((result) =>
      String((result as { reason?: unknown }).reason),
    )
    expect(messages[0]).toBe(
      'TypeError: The file in "first" cannot be read because the next part was requested',
    )
  })

  it('rejects a body of another type, with a content coding or without a boundary', async () => {
    const web = each((part) => part.text())
    const post = async (headers: Record<string, string>) =>
      (await web.post('/', { body: 'x', headers })).status
    const urlencoded = await web.post('/', { form: { a: '1' } })
    expect([urlencoded.status, urlencoded.headers.get('accept')]).toEqual([415, 'multipart/form-data'])
    expect(await post({})).toBe(415)
    expect(await post({ ...formHeaders, 'content-encoding': 'gzip' })).toBe(415)
    expect(await post({ 'content-type': 'multipart/form-data' })).toBe(400)
  })

  it('rejects a form that exceeds a limit', async () => {
    const refused = async (limits: FormLimits, ...all: SentPart[]) => {
      const response = await each((part) => part.name, limits).post('/', sent(...all))
      return [response.status, ((await response.json()) as { detail?: string }).detail]
    }
    const field: SentPart = ['a', '12345']
    const file: SentPart = ['a', '12345', a]
    expect(await refused({ maxFieldSize: 4 }, field)).toEqual([413, 'The field "a" is larger than 4 bytes.'])
    expect(await refused({ maxFileSize: 4 }, file)).toEqual([413, 'The file in "a" is larger than 4 bytes.'])
    expect(await refused({ maxFields: 1 }, field, field)).toEqual([413, 'The form has more than 1 fields.'])
    expect(await refused({ maxFiles: 1 }, file, file)).toEqual([413, 'The form has more than 1 files.'])
    expect(await refused({ maxBodySize: 20 }, field)).toEqual([
      413,
      'The request body is larger than 20 bytes.',
    ])
    expect(await refused({ maxPartHeaderSize: 20 }, field)).toEqual([
      413,
      'The headers of a part of the form are larger than 20 bytes.',
    ])
  })

  it('rejects unknown and invalid limits', async () => {
    const errors: unknown[] = []
    const refused = async (limits: object) => {
      const application: Application = async (environ) => {
        for await (const part of parts(environ, limits)) await part.text()
        return text('')
      }
      const web = client(application, { errors: { write: (error) => errors.push(String(error)) } })
      return (await web.post('/', sent(['a', '']))).status
    }
    expect([await refused({ maxFile: 1 }), await refused({ maxFiles: 0 })]).toEqual([500, 500])
    expect(errors).toEqual([
      "TypeError: parts: unknown option 'maxFile', did you mean 'maxFiles'?",
      expect.stringContaining('TypeError: parts: maxFiles must be a whole number of files from 1'),
    ])
  })

  it('rejects text that is not UTF-8', async () => {
    const response = await each((part) => part.text()).post('/', sent(['a', new Uint8Array([255])]))
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ detail: 'The field "a" is not valid UTF-8.' }),
    ])
  })
})
