import { json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { args, bytesBody, formBody, jsonBody, textBody } from '../index.ts'

const Post = z.object({ title: z.string(), tags: z.array(z.string()).optional() })
const any = client(args({ body: Post })(({ args }) => json(args.body)))

function as(type: string, body: BodyInit) {
  return { body, headers: { 'content-type': type } }
}

/** A body that arrives in pieces, each when it is requested. */
function trickle(pieces: readonly string[], asked: () => void = () => {}): ReadableStream<Uint8Array> {
  const queue = pieces.map((piece) => new TextEncoder().encode(piece))
  return new ReadableStream(
    {
      pull(controller) {
        asked()
        const piece = queue.shift()
        if (piece) controller.enqueue(piece)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

describe('a schema as the body', () => {
  it('accepts JSON and both kinds of form', async () => {
    const sent = { title: 'Hello', tags: ['a'] }
    expect(await (await any.post('/', { json: sent })).json()).toEqual(sent)
    expect(await (await any.post('/', { form: sent })).json()).toEqual(sent)
    const form = new FormData()
    form.append('title', 'Hello')
    form.append('tags', 'a')
    expect(await (await any.post('/', { form })).json()).toEqual(sent)
    const typed = await any.post('/', as('application/vnd.api+json; charset="UTF-8"', JSON.stringify(sent)))
    expect(await typed.json()).toEqual(sent)
  })

  it('accepts only JSON if no form can satisfy the schema', async () => {
    const list = client(args({ body: z.array(z.string()) })(({ args }) => json(args.body)))
    expect((await list.post('/', { form: { a: '1' } })).headers.get('accept')).toBe('application/json')
    expect(await (await list.post('/', { json: ['a'] })).json()).toEqual(['a'])
  })

  it.each([
    ['text/plain', 'a'],
    ['multipart/mixed; boundary=a', 'a'],
    ['nonsense', 'a'],
    ['application/json, text/plain', '{}'],
    ['application/json; charset="', '{}'],
    ['application/+json', '{}'],
  ])('returns 415 for the type %s', async (type, body) => {
    const response = await any.post('/', as(type, body))
    expect(response.status).toBe(415)
  })

  it('names the accepted types in a 415', async () => {
    const response = await any.post('/', as('text/plain', 'a'))
    const accept = 'application/json, application/x-www-form-urlencoded, multipart/form-data'
    expect(response.headers.get('accept')).toBe(accept)
    expect(await response.json()).toMatchObject({ detail: `The request body must be one of: ${accept}.` })
  })

  it('returns 415 for a body without a type, and 422 for a missing body', async () => {
    expect((await any.post('/', { body: new Uint8Array([123, 125]) })).status).toBe(415)
    const missing = await any.post('/')
    expect(missing.status).toBe(422)
    expect(await missing.json()).toMatchObject({ errors: [{ in: 'body', path: [], code: 'invalid_type' }] })
    const optional = client(args({ body: Post.optional() })(({ args }) => text(typeof args.body)))
    expect(await (await optional.post('/')).text()).toBe('undefined')
    expect(await (await optional.get('/')).text()).toBe('undefined')
  })

  it('returns 415 for charsets other than UTF-8 and for encoded bodies', async () => {
    expect((await any.post('/', as('application/json; charset=latin1', '{}'))).status).toBe(415)
    expect((await any.post('/', as('application/json;charset=UTF8;', '{"title":"a"}'))).status).toBe(200)
    const encoded = await any.post('/', {
      body: 'x',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    })
    expect(encoded.status).toBe(415)
    expect(encoded.headers.get('accept-encoding')).toBe('identity')
  })

  it('returns 400 for malformed JSON and invalid UTF-8, without repeating the body', async () => {
    const malformed = await any.post('/', as('application/json', '{"secret": nope}'))
    expect(malformed.status).toBe(400)
    expect(await malformed.text()).not.toContain('nope')
    expect((await any.post('/', as('application/json', ' '))).status).toBe(400)
    const latin1 = new Uint8Array([0x22, 0xe9, 0x22])
    expect((await any.post('/', as('application/json', latin1))).status).toBe(400)
    expect((await any.post('/', as('application/x-www-form-urlencoded', latin1))).status).toBe(400)
  })

  it('limits the depth of JSON', async () => {
    const anything = args({ body: z.unknown(), limits: { maxDepth: 3 } })(() => text('ok'))
    expect((await client(anything).post('/', { json: [[{ a: 1 }]] })).status).toBe(200)
    expect((await client(anything).post('/', { json: [[{ a: [] }]] })).status).toBe(400)
    const deep = '['.repeat(500_000) + ']'.repeat(500_000)
    expect((await client(anything).post('/', as('application/json', deep))).status).toBe(400)
  })
})

describe('a request without a body', () => {
  const optional = client(args({ body: Post.optional() })(({ args }) => json(args.body ?? 'none')))
  const required = client(args({ body: Post })(() => text('never')))

  it.each([
    ['application/json'],
    ['application/problem+json; charset=utf-8'],
    ['application/json; charset=latin1'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=B'],
    ['multipart/form-data'],
    ['text/plain'],
    ['nonsense'],
  ])('has no body, even if its type is %s', async (type) => {
    const headers = { 'content-type': type }
    for (const body of [() => undefined, () => '', () => trickle([])]) {
      const request = () => ({ headers, ...(body() !== undefined && { body: body()! }) })
      expect(await (await optional.post('/', request())).json()).toBe('none')
      expect((await required.post('/', request())).status).toBe(422)
    }
    const encoded = { headers: { ...headers, 'content-encoding': 'gzip' } }
    expect(await (await optional.post('/', encoded)).json()).toBe('none')
  })

  it('counts as an empty form if the schema requires a body', async () => {
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: '' }
    const web = client(args({ body: Post.partial() })(({ args }) => json(args.body)))
    expect(await (await web.post('/', form)).json()).toEqual({})
    const invalid = await required.post('/', form)
    expect(await invalid.json()).toMatchObject({ errors: [{ in: 'body', path: ['title'] }] })
  })
})

describe('maxValues', () => {
  it('counts the items and entries of all arrays and objects', async () => {
    const anything = client(args({ body: z.unknown(), limits: { maxValues: 4 } })(() => text('ok')))
    expect((await anything.post('/', { json: [1, { a: [2] }] })).status).toBe(200)
    expect((await anything.post('/', { json: [1, { a: [2, 3] }] })).status).toBe(400)
    expect((await anything.post('/', { json: { a: 1, b: 2, c: 3, d: 4 } })).status).toBe(200)
    expect((await anything.post('/', { json: [1, 2, 3, 4, 5] })).status).toBe(400)
    const many = client(args({ body: z.unknown() })(() => text('ok')))
    expect((await many.post('/', { json: new Array(10_000).fill(1) })).status).toBe(200)
    expect((await many.post('/', { json: new Array(10_001).fill(1) })).status).toBe(400)
  })
})

describe('maxBodySize', () => {
  const small = client(
    args({ body: textBody(), limits: { maxBodySize: 10 } })(({ args }) => text(`${args.body.length}`)),
  )

  it('allows a body of exactly that size', async () => {
    expect(await (await small.post('/', as('text/plain', '0123456789'))).text()).toBe('10')
  })

  it('stops reading as soon as the body is larger', async () => {
    let asked = 0
    const pieces = Array.from({ length: 1000 }, () => '0123')
    const body = trickle(pieces, () => {
      asked++
    })
    const response = await small.post('/', as('text/plain', body))
    expect(response.status).toBe(413)
    expect(asked).toBe(3)
  })

  it('rejects a larger Content-Length without reading the body', async () => {
    let pulled = false
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled = true
          controller.close()
        },
      },
      { highWaterMark: 0 },
    )
    const headers = { 'content-type': 'text/plain', 'content-length': '11' }
    expect((await small.post('/', { body, headers })).status).toBe(413)
    expect(pulled).toBe(false)
  })

  it('does not trust a smaller Content-Length', async () => {
    const headers = { 'content-type': 'text/plain', 'content-length': '1' }
    const body = trickle(['0123456789', '0'])
    expect((await small.post('/', { body, headers })).status).toBe(413)
  })

  it('is 1 MiB by default', async () => {
    const web = client(args({ body: bytesBody() })(({ args }) => text(`${args.body.byteLength}`)))
    expect(await (await web.post('/', { body: new Uint8Array(2 ** 20) })).text()).toBe('1048576')
    expect((await web.post('/', { body: new Uint8Array(2 ** 20 + 1) })).status).toBe(413)
  })
})

describe('a body that fails', () => {
  const failing = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      pull(controller) {
        controller.error(new Error('reset'))
      },
    })

  it('is a 400 if the client has disconnected', async () => {
    const gone = new AbortController()
    const web = client(
      args({ body: Post })(() => text('')),
      { errors: { write() {} } },
    )
    gone.abort()
    const response = await web.post('/', {
      ...as('application/json', failing()),
      signal: gone.signal,
    })
    expect(response.status).toBe(400)
    expect(web.errors).toEqual([])
  })

  it('is an error of the application otherwise', async () => {
    const web = client(
      args({ body: Post })(() => text('')),
      { errors: { write() {} } },
    )
    expect((await web.post('/', as('application/json', failing()))).status).toBe(500)
    expect(web.errors).toEqual([new Error('reset')])
  })

  it('is reported if the application read it before', async () => {
    const inner = args({ body: Post })(() => text(''))
    const web = client(
      async (environ) => {
        await environ.request.text()
        return inner(environ)
      },
      { errors: { write() {} } },
    )
    expect((await web.post('/', { json: {} })).status).toBe(500)
    expect(String(web.errors[0])).toContain('was read before')
  })
})

describe('jsonBody', () => {
  it('returns 415 for a form', async () => {
    const web = client(args({ body: jsonBody(Post) })(({ args }) => json(args.body)))
    expect((await web.post('/', { form: { title: 'a' } })).status).toBe(415)
    expect((await web.post('/', { json: { title: 'a' } })).status).toBe(200)
  })
})

describe('formBody', () => {
  it('returns 415 for JSON', async () => {
    const web = client(args({ body: formBody(Post) })(({ args }) => json(args.body)))
    expect((await web.post('/', { json: { title: 'a' } })).status).toBe(415)
    expect(await (await web.post('/', { form: { title: 'a' } })).json()).toEqual({ title: 'a' })
  })

  it('accepts an empty form', async () => {
    const web = client(args({ body: formBody(Post.partial()) })(({ args }) => json(args.body)))
    expect(await (await web.post('/', as('application/x-www-form-urlencoded', ''))).json()).toEqual({})
    expect(await (await web.post('/', { form: new FormData() })).json()).toEqual({})
  })
})

describe('textBody and bytesBody', () => {
  it('accept only the given types', async () => {
    const csv = textBody({ schema: z.string().startsWith('id,'), types: ['text/csv'] })
    const web = client(args({ body: csv })(({ args }) => text(args.body)))
    expect(await (await web.post('/', as('text/csv', 'id,name'))).text()).toBe('id,name')
    expect((await web.post('/', as('text/csv', 'name'))).status).toBe(422)
    expect((await web.post('/', as('text/plain', 'id,name'))).headers.get('accept')).toBe('text/csv')
  })

  it('are empty if there is no body', async () => {
    const word = client(args({ body: textBody() })(({ args }) => json(args.body)))
    expect(await (await word.post('/')).json()).toBe('')
    const image = client(
      args({ body: bytesBody({ types: ['image/*'] }) })(({ args }) => json([...args.body])),
    )
    expect(await (await image.post('/')).json()).toEqual([])
    expect((await image.post('/', { body: new Uint8Array(1) })).status).toBe(415)
  })

  it('do not check the charset of bytes', async () => {
    const web = client(args({ body: bytesBody() })(({ args }) => json([...args.body])))
    expect(
      await (await web.post('/', as('text/plain; charset=latin1', new Uint8Array([0xe9])))).json(),
    ).toEqual([0xe9])
  })

  it('infer the type of the text or bytes', () => {
    args({ body: textBody() })(({ args }) => text(args.body))
    args({ body: bytesBody() })(({ args }) => {
      expectTypeOf(args.body).toEqualTypeOf<Uint8Array>()
      return text('')
    })
    args({ body: textBody({ schema: z.coerce.number() }) })(({ args }) => {
      expectTypeOf(args.body).toBeNumber()
      return text('')
    })
    textBody({ schema: z.enum(['on', 'off']) })
    // @ts-expect-error text is not a number
    textBody({ schema: z.number() })
  })

  it('throw a TypeError that names an invalid option', () => {
    expect(() => textBody({ schema: {} as never })).toThrow(
      new TypeError(
        'textBody: schema must be a Standard Schema, such as a zod schema, got an instance of Object',
      ),
    )
    expect(() => bytesBody({ types: ['png'] })).toThrow(
      new TypeError('bytesBody: types must be media types or ranges, got "png"'),
    )
    expect(() => textBody({ type: 'text/csv' } as object)).toThrow(
      new TypeError("textBody: unknown option 'type', did you mean 'types'?"),
    )
    expect(() => jsonBody(undefined as never)).toThrow('jsonBody: schema must be a Standard Schema')
    expect(() => formBody(undefined as never)).toThrow(TypeError)
  })
})
