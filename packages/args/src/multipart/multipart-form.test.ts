import { json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { chunked } from '../../test/chunked.ts'
import { type ArgsLimits, args, formBody } from '../index.ts'

const Anything = formBody(z.record(z.string(), z.array(z.union([z.string(), z.file()]))))

/** Returns the fields of a form; a file as its name, type and text. */
function echo(limits: ArgsLimits = {}) {
  return client(
    args({ body: Anything, limits })(async ({ args }) => {
      const fields: Record<string, unknown[]> = {}
      for (const [key, list] of Object.entries(args.body)) {
        fields[key] = await Promise.all(
          list.map(async (value) =>
            typeof value === 'string' ? value : [value.name, value.type, await value.text()],
          ),
        )
      }
      return json(fields)
    }),
  )
}

function multipart(lines: readonly string[] | Uint8Array, boundary = 'B') {
  const body = lines instanceof Uint8Array ? new Uint8Array(lines) : lines.join('\r\n')
  return { body, headers: { 'content-type': `multipart/form-data; boundary=${boundary}` } }
}

const field = (name: string, value: string) => [
  '--B',
  `Content-Disposition: form-data; name="${name}"`,
  '',
  value,
]

// What may and may not be in a form is in conformance/multipart.
describe('a multipart form', () => {
  it('returns fields as strings and files as File', async () => {
    const form = new FormData()
    form.append('name', 'Ada Lovelace é\r\nsecond line')
    form.append('photo', new File(['bytes'], 'sea "1".png', { type: 'image/png' }))
    form.append('photo', new File([''], 'empty.txt'))
    expect(await (await echo().post('/', { form })).json()).toEqual({
      name: ['Ada Lovelace é\r\nsecond line'],
      photo: [
        ['sea "1".png', 'image/png', 'bytes'],
        ['empty.txt', 'application/octet-stream', ''],
      ],
    })
  })

  it('leaves out a file input without a file', async () => {
    const body = formBody(z.object({ photo: z.file().optional() }))
    const web = client(args({ body })(({ args }) => text(typeof args.body.photo)))
    const empty = multipart([
      '--B',
      'Content-Disposition: form-data; name="photo"; filename=""',
      'Content-Type: application/octet-stream',
      '',
      '',
      '--B--',
      '',
    ])
    expect(await (await web.post('/', empty)).text()).toBe('undefined')
  })

  it('checks the size and the type of a file', async () => {
    const body = formBody(z.object({ photo: z.file().min(2).max(100_000).mime(['image/png']) }))
    const web = client(args({ body })(({ args }) => text(`${args.body.photo.size}`)))
    const send = (size: number, type: string) => {
      const form = new FormData()
      form.append('photo', new File(['x'.repeat(size)], 'x', { type }))
      return web.post('/', { form })
    }
    expect(await (await send(100_000, 'image/png')).text()).toBe('100000')
    const refused = [await send(1, 'image/png'), await send(100_001, 'image/png'), await send(5, 'image/gif')]
    expect(refused.map(({ status }) => status)).toEqual([422, 422, 422])
  })

  it('returns files that can be sliced, read and sent again', async () => {
    const sent = new Uint8Array(300_000).map((_, index) => index * 7)
    const body = formBody(z.object({ photo: z.file() }))
    const web = client(
      args({ body })(
        async ({
          args: {
            body: { photo },
          },
        }) => {
          const form = new FormData()
          form.append('first', photo.slice(70_000, 80_000))
          form.append('whole', photo)
          const read = await photo.bytes()
          read.fill(0)
          return new Response(form)
        },
      ),
    )
    const form = new FormData()
    form.append('photo', new File([sent], 'sea.raw', { type: 'image/x-raw' }))
    const answer = await (await web.post('/', { form })).formData()
    const [first, whole] = [answer.get('first') as File, answer.get('whole') as File]
    expect(Buffer.compare(await first.bytes(), sent.subarray(70_000, 80_000))).toBe(0)
    expect(Buffer.compare(await whole.bytes(), sent)).toBe(0)
    expect([whole.name, whole.type]).toEqual(['sea.raw', 'image/x-raw'])
  })

  it('rejects a file instead of a string, and a string instead of a file', async () => {
    const body = formBody(z.object({ name: z.string(), photo: z.file() }))
    const web = client(args({ body })(() => text('')))
    const form = new FormData()
    form.append('name', new File(['x'], 'x'))
    form.append('photo', 'x')
    const response = await web.post('/', { form })
    expect(
      ((await response.json()) as { errors: { path: string[] }[] }).errors.map(({ path }) => path),
    ).toEqual([['name'], ['photo']])
  })

  it('ignores a preamble and an epilogue, in chunks of any size', async () => {
    const bytes = new TextEncoder().encode(
      ['preamble', '--A --B', ...field('a', '1'), '--B--', 'epilogue', '--B'].join('\r\n'),
    )
    for (let cut = 1; cut < bytes.length; cut++) {
      const body = chunked(bytes, [cut, bytes.length])
      const response = await echo().post('/', { ...multipart([]), body })
      expect([cut, await response.json()]).toEqual([cut, { a: ['1'] }])
    }
    const large = [...field('a', '1'), '--B--', 'x'.repeat(100_000)]
    expect(await (await echo().post('/', multipart(large))).json()).toEqual({ a: ['1'] })
  })

  it('parses a form that is split anywhere between two large chunks', async () => {
    const long = 'x'.repeat(5000)
    const empty = ['--B', 'Content-Disposition: form-data; name="e"', '']
    const form = [...field('a', '1\r\n--\r\n'), ...empty, '--B \t', ...field('c', '').slice(1), '--B--'].join(
      '\r\n',
    )
    const bytes = new TextEncoder().encode(`${long}\r\n${form}\r\n${long}`)
    for (let cut = long.length; cut < long.length + form.length + 6; cut++) {
      const body = chunked(bytes, [cut, bytes.length])
      const response = await echo().post('/', { ...multipart([]), body })
      expect([cut, await response.json()]).toEqual([cut, { a: ['1\r\n--\r\n'], e: [''], c: [''] }])
    }
  })

  it('parses large chunks', async () => {
    const value = 'v'.repeat(200_000)
    const bytes = new TextEncoder().encode([...field('a', value), '--B--', ''].join('\r\n'))
    for (const sizes of [[4095], [4096], [4097], [1, 4096], [1, 5000, 3], [70_000, 1]]) {
      const body = chunked(bytes, sizes)
      const read = (await (await echo().post('/', { ...multipart([]), body })).json()) as { a: string[] }
      expect(read.a[0] === value, `${sizes}`).toBe(true)
    }
  })

  it('parses a body that arrives byte by byte', async () => {
    const value = 'v'.repeat(50_000)
    const bytes = new TextEncoder().encode([...field('a', value), '--B--', ''].join('\r\n'))
    const body = chunked(bytes, [1])
    expect(await (await echo().post('/', { ...multipart([]), body })).json()).toEqual({ a: [value] })
  })

  it('decodes names the way browsers encode them', async () => {
    const form = new FormData()
    for (const name of ['a"b', 'c\\', 'd;e=f', 'g%22h', '__proto__', 'é', ' sp ', '']) form.append(name, 'x')
    const response = await echo().post('/', { form })
    // Browsers do not encode '%', so 'g%22h' arrives as 'g"h'.
    const names = ['a"b', 'c\\', 'd;e=f', 'g"h', 'é', ' sp ', ''].sort()
    expect(Object.keys((await response.json()) as object).sort()).toEqual(names)
  })
})

describe('the type of a multipart form', () => {
  it('can have a boundary with every allowed character', async () => {
    const boundary = "0'()+_,-./:=? aZ"
    const lines = [`--${boundary}`, ...field('a', '1').slice(1), `--${boundary}--`]
    expect(await (await echo().post('/', multipart(lines, `"${boundary}"`))).json()).toEqual({ a: ['1'] })
  })
})

describe('the limits of a multipart form', () => {
  const files = (count: number, size: number): FormData => {
    const form = new FormData()
    for (let index = 0; index < count; index++) form.append('f', new File(['x'.repeat(size)], `${index}`))
    return form
  }

  it('apply to the size of each file', async () => {
    const web = echo({ maxFileSize: 10 })
    expect((await web.post('/', { form: files(2, 10) })).status).toBe(200)
    expect((await web.post('/', { form: files(1, 11) })).status).toBe(413)
    const long = new FormData()
    long.append('text', 'longer than a file may be')
    expect((await web.post('/', { form: long })).status).toBe(200)
  })

  it('apply to the number of files and fields', async () => {
    const web = echo({ maxFiles: 2, maxFields: 3 })
    expect((await web.post('/', { form: files(2, 1) })).status).toBe(200)
    const many = await web.post('/', { form: files(3, 1) })
    expect(many.status).toBe(413)
    expect(await many.json()).toMatchObject({ detail: 'The form has more than 2 files.' })
    const fields = (count: number) => [
      ...Array.from({ length: count }, (_, index) => field(`${index}`, '1')).flat(),
      '--B--',
    ]
    expect((await web.post('/', multipart(fields(3)))).status).toBe(200)
    const tooMany = await web.post('/', multipart(fields(4)))
    expect(tooMany.status).toBe(413)
    expect(await tooMany.json()).toMatchObject({ detail: 'The form has more than 3 fields.' })
  })

  it('apply to the size of the headers of a part', async () => {
    const web = echo({ maxPartHeaderSize: 100 })
    const header = `X-A: ${'x'.repeat(100)}`
    const rest = ['Content-Disposition: form-data; name="a"', '', '1', '--B--']
    expect((await web.post('/', multipart(['--B', header, ...rest]))).status).toBe(413)
    expect((await web.post('/', multipart(['--B', header.repeat(1000)]))).status).toBe(413)
    expect((await web.post('/', multipart(['--B', ...rest]))).status).toBe(200)
  })

  it('apply to the size of the body', async () => {
    const web = echo({ maxBodySize: 1000, maxFileSize: 5000 })
    expect((await web.post('/', { form: files(1, 2000) })).status).toBe(413)
  })

  it('apply to the fields of a urlencoded form', async () => {
    const web = echo({ maxFields: 2 })
    expect((await web.post('/', { form: { a: '1', b: '2' } })).status).toBe(200)
    expect((await web.post('/', { form: { a: ['1', '2', '3'] } })).status).toBe(413)
  })
})
