import { json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { args } from '../args.ts'
import { formBody } from './body-schema.ts'
import type { Limits } from './limits.ts'

const Anything = formBody(z.record(z.string(), z.array(z.union([z.string(), z.file()]))))

/** What the form holds, files as their name, type and text. */
function echo(limits: Limits = {}) {
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

describe('a multipart form', () => {
  it('gives fields as strings and files as File', async () => {
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

  it('leaves out a file input that was left empty', async () => {
    const body = formBody(z.object({ photo: z.file().optional() }))
    const web = client(args({ body })(({ args }) => text(typeof args.body.photo)))
    // As browsers send it.
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

  it('gives a file that is sent on as it came', async () => {
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

  it('refuses a file for a string, and a string for a file', async () => {
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

  it('ignores an epilogue, however the bytes are cut', async () => {
    const bytes = new TextEncoder().encode([...field('a', '1'), '--B--', 'epilogue'].join('\r\n'))
    for (let cut = 1; cut < bytes.length; cut++) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes.slice(0, cut))
          controller.enqueue(bytes.slice(cut))
          controller.close()
        },
      })
      const response = await echo().post('/', { ...multipart([]), body })
      expect([cut, await response.json()]).toEqual([cut, { a: ['1'] }])
    }
    const large = [...field('a', '1'), '--B--', 'x'.repeat(100_000)]
    expect(await (await echo().post('/', multipart(large))).json()).toEqual({ a: ['1'] })
  })

  it('reads chunks of any size', async () => {
    const value = 'v'.repeat(200_000)
    const bytes = new TextEncoder().encode([...field('a', value), '--B--', ''].join('\r\n'))
    for (const sizes of [[4095], [4096], [4097], [1, 4096], [1, 5000, 3], [70_000, 1]]) {
      let index = 0
      let count = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (index >= bytes.length) return controller.close()
          const end = index + sizes[count++ % sizes.length]!
          controller.enqueue(bytes.slice(index, end))
          index = end
        },
      })
      const read = (await (await echo().post('/', { ...multipart([]), body })).json()) as { a: string[] }
      expect(read.a[0] === value, `${sizes}`).toBe(true)
    }
  })

  it('reads a body that trickles in byte by byte', async () => {
    const value = 'v'.repeat(50_000)
    const bytes = new TextEncoder().encode([...field('a', value), '--B--', ''].join('\r\n'))
    let index = 0
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (index === bytes.length) controller.close()
        else controller.enqueue(bytes.slice(index, ++index))
      },
    })
    expect(await (await echo().post('/', { ...multipart([]), body })).json()).toEqual({ a: [value] })
  })

  it('keeps the names that browsers encode', async () => {
    const form = new FormData()
    for (const name of ['a"b', 'c\\', 'd;e=f', 'g%22h', '__proto__', 'é', ' sp ', '']) form.append(name, 'x')
    const response = await echo().post('/', { form })
    // '%' is not encoded by browsers, so 'g%22h' comes as 'g"h'.
    const names = ['a"b', 'c\\', 'd;e=f', 'g"h', 'é', ' sp ', ''].sort()
    expect(Object.keys((await response.json()) as object).sort()).toEqual(names)
  })

  it.each([
    ['no boundary', { body: '', headers: { 'content-type': 'multipart/form-data' } }],
    ['an empty boundary', multipart([], '""')],
    ['a boundary with characters none may have', multipart([], '"a\u00e9"')],
    ['a boundary too long', multipart([], 'a'.repeat(71))],
    ['no body', multipart([])],
    ['no opening boundary', multipart(['hello'])],
    ['another boundary', multipart(['--C', '--C--'])],
    ['no closing boundary', multipart(field('a', '1'))],
    ['an end in the header', multipart(['--B', 'Content-Disposition: form-data; name="a"'])],
    ['a part without a name', multipart(['--B', 'Content-Disposition: form-data', '', '1', '--B--'])],
    [
      'a part with only a filename',
      multipart(['--B', 'Content-Disposition: form-data; filename="a"', '', '1', '--B--']),
    ],
    ['a part without a disposition', multipart(['--B', 'X-A: 1', '', '1', '--B--'])],
    ['an attachment', multipart(['--B', 'Content-Disposition: attachment; name="a"', '', '1', '--B--'])],
    ['an unclosed name', multipart(['--B', 'Content-Disposition: form-data; name="a', '', '1', '--B--'])],
    [
      'two dispositions',
      multipart([
        '--B',
        'Content-Disposition: form-data; name="a"',
        'Content-Disposition: form-data; name="b"',
        '',
        '1',
        '--B--',
      ]),
    ],
    [
      'a field that is not UTF-8',
      multipart(Uint8Array.from([...field('a', '\u00e9'), '--B--'].join('\r\n'), (c) => c.charCodeAt(0))),
    ],
    [
      'a header that is not UTF-8',
      multipart(Uint8Array.from([...field('\u00e9', 'a'), '--B--'].join('\r\n'), (c) => c.charCodeAt(0))),
    ],
  ])('answers 400 for %s', async (_, request) => {
    const response = await echo().post('/', request)
    expect(response.status).toBe(400)
  })
})

describe('the limits of a multipart form', () => {
  const files = (count: number, size: number): FormData => {
    const form = new FormData()
    for (let index = 0; index < count; index++) form.append('f', new File(['x'.repeat(size)], `${index}`))
    return form
  }

  it('bound each file', async () => {
    const web = echo({ fileSize: 10 })
    expect((await web.post('/', { form: files(2, 10) })).status).toBe(200)
    expect((await web.post('/', { form: files(1, 11) })).status).toBe(413)
    const long = new FormData()
    long.append('text', 'longer than a file may be')
    expect((await web.post('/', { form: long })).status).toBe(200)
  })

  it('bound the files and the fields', async () => {
    const web = echo({ files: 2, fields: 3 })
    expect((await web.post('/', { form: files(2, 1) })).status).toBe(200)
    const many = await web.post('/', { form: files(3, 1) })
    expect(many.status).toBe(400)
    expect(await many.json()).toMatchObject({ detail: 'The form has more than 2 files.' })
    const fields = (count: number) => [
      ...Array.from({ length: count }, (_, index) => field(`${index}`, '1')).flat(),
      '--B--',
    ]
    expect((await web.post('/', multipart(fields(3)))).status).toBe(200)
    const tooMany = await web.post('/', multipart(fields(4)))
    expect(tooMany.status).toBe(400)
    expect(await tooMany.json()).toMatchObject({ detail: 'The form has more than 3 fields.' })
  })

  it('bound the header of a part, finished or not', async () => {
    const web = echo({ partHeader: 100 })
    const header = `X-A: ${'x'.repeat(100)}`
    const rest = ['Content-Disposition: form-data; name="a"', '', '1', '--B--']
    expect((await web.post('/', multipart(['--B', header, ...rest]))).status).toBe(400)
    expect((await web.post('/', multipart(['--B', header.repeat(1000)]))).status).toBe(400)
    expect((await web.post('/', multipart(['--B', ...rest]))).status).toBe(200)
  })

  it('bound the whole body', async () => {
    const web = echo({ body: 1000, fileSize: 5000 })
    expect((await web.post('/', { form: files(1, 2000) })).status).toBe(413)
  })

  it('bound an urlencoded form, too', async () => {
    const web = echo({ fields: 2 })
    expect((await web.post('/', { form: { a: '1', b: '2' } })).status).toBe(200)
    expect((await web.post('/', { form: { a: ['1', '2', '3'] } })).status).toBe(400)
  })
})
