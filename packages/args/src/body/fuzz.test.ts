import { json, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { chunked } from '../../test/chunked.ts'
import { parseDisposition } from '../headers/content-disposition.ts'
import { parseContentType } from '../headers/content-type.ts'
import { args, bytesBody, formBody, textBody } from '../index.ts'

const hostileKey = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'a', '')
const key = fc.oneof(hostileKey, fc.string({ unit: 'grapheme' }))
const value = fc.string({ unit: 'grapheme' })

/** Schemas of all kinds, including some that accept anything. */
const schemas = [
  z.unknown(),
  z.looseObject({ a: z.string().optional() }),
  z.strictObject({ a: z.array(z.string()).optional() }),
  z.object({ a: z.coerce.number().optional() }).catchall(z.array(z.string())),
  z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  z.json(),
] as const
const everyBody = schemas.map((body) =>
  client(args({ body, query: body, cookies: body, headers: body })(({ args }) => json(args ?? null))),
)

const before = Object.getOwnPropertyNames(Object.prototype)
afterEach(() => {
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
  expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
})

describe('random input', () => {
  it('never causes a 500 as a body of any type', async () => {
    const type = fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=B',
        'multipart/form-data; boundary="B B"',
        'multipart/form-data',
        'text/plain; charset=utf-16',
        '',
      ),
      fc.stringMatching(/^[ -~]*$/),
    )
    const fragments = fc.array(
      fc.constantFrom(
        '--B',
        '--B--',
        '\r\n',
        '\r\n\r\n',
        'Content-Disposition: form-data; name="a"',
        '{',
        '"',
        '&',
        '=',
      ),
    )
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string(),
      fc.json(),
      fragments.map((all) => all.join('')),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...everyBody), type, body, async (web, type, body) => {
        const response = await web.post('/', {
          body: typeof body === 'string' ? body : new Uint8Array(body),
          headers: { 'content-type': type },
        })
        expect(response.status).toBeLessThan(500)
      }),
      { numRuns: 2000 },
    )
  })

  it('never causes a 500 as a query or cookies', async () => {
    const raw = fc.stringMatching(/^[!-~]*$/)
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...everyBody), raw, raw, async (web, query, cookie) => {
        const path = `/?${query.replaceAll('#', '')}`
        expect((await web.get(path, { headers: { cookie } })).status).toBeLessThan(500)
      }),
      { numRuns: 1000 },
    )
  })

  it('does not change prototypes through JSON', async () => {
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":"x"}'
    for (const web of everyBody) {
      const headers = { 'content-type': 'application/json' }
      const response = await web.post('/', { body: evil, headers })
      expect(response.status).toBeLessThan(500)
    }
    const loose = z.looseObject({ a: z.string() })
    const output = client(
      args({ body: loose })(({ args }) =>
        text(String(Object.getPrototypeOf(args.body) === Object.prototype)),
      ),
    )
    const response = await output.post('/', { body: evil, headers: { 'content-type': 'application/json' } })
    expect(await response.text()).toBe('true')
  })
})

describe('a value', () => {
  it('survives a query unchanged', async () => {
    const lists = client(
      args({ query: z.record(z.string(), z.array(z.string())) })(({ args }) => json(args.query)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, value)), async (pairs) => {
        const response = await lists.get(`/?${new URLSearchParams(pairs)}`)
        expect(Object.entries((await response.json()) as object).sort()).toEqual(grouped(pairs))
      }),
    )
  })

  it('survives both kinds of form unchanged', async () => {
    const web = client(
      args({ body: formBody(z.record(z.string(), z.array(z.string()))) })(({ args }) => json(args.body)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, value)), fc.boolean(), async (pairs, urlencoded) => {
        const form = urlencoded ? new URLSearchParams(pairs) : new FormData()
        // Browsers send every line break of a multipart form as CRLF, and do not encode '%' in names.
        const plain = pairs.map(
          ([key, value]) => [key.replaceAll('%', ''), value.replace(/[\r\n]/g, '')] as const,
        )
        if (form instanceof FormData) for (const [key, value] of plain) form.append(key, value)
        const response = await web.post('/', { form })
        const expected = urlencoded ? pairs : plain
        expect(Object.entries((await response.json()) as object).sort()).toEqual(grouped(expected))
      }),
    )
  })

  it('survives a file unchanged', async () => {
    const Upload = formBody(z.object({ file: z.file() }))
    const web = client(
      args({ body: Upload })(async ({ args }) =>
        json([...new Uint8Array(await args.body.file.arrayBuffer())]),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const form = new FormData()
        form.append('file', new File([new Uint8Array(bytes)], 'f'))
        expect(await (await web.post('/', { form })).json()).toEqual([...bytes])
      }),
    )
  })

  it('survives files of any size, in chunks of any size', async () => {
    const web = client(
      args({ body: formBody(z.object({ files: z.array(z.file()) })), limits: { maxBodySize: 2_000_000 } })(
        ({ args }) => new Response(new Blob(args.body.files, { type: 'application/octet-stream' })),
      ),
    )
    // Much of it looks like the start of a boundary.
    const pattern = new TextEncoder().encode('\r\n--boundary of which\r\n--bound\r\n\r')
    const size = fc.oneof(fc.nat(200), fc.nat(10_000), fc.nat(150_000))
    await fc.assert(
      fc.asyncProperty(
        fc.array(size, { minLength: 1, maxLength: 4 }),
        fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100_000 })), {
          minLength: 1,
          maxLength: 5,
        }),
        async (sizes, cuts) => {
          const contents = sizes.map((size, seed) =>
            new Uint8Array(size).map((_, index) => pattern[(index + seed) % pattern.length]!),
          )
          const sent = await new Blob(
            contents
              .flatMap((content) => [
                '--boundary-x\r\nContent-Disposition: form-data; name="files"; filename="f"\r\n\r\n',
                content,
                '\r\n',
              ])
              .concat('--boundary-x--\r\n'),
          ).bytes()
          const body = chunked(sent, cuts)
          const headers = { 'content-type': 'multipart/form-data; boundary=boundary-x' }
          const received = await (await web.post('/', { body, headers })).bytes()
          expect(Buffer.compare(received, Buffer.concat(contents))).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('survives JSON, text and bytes unchanged', async () => {
    const any = client(args({ body: z.unknown(), limits: { maxDepth: 100 } })(({ args }) => json(args.body)))
    await fc.assert(
      fc.asyncProperty(fc.json(), async (body) => {
        const response = await any.post('/', { body, headers: { 'content-type': 'application/json' } })
        expect(await response.text()).toBe(JSON.stringify(JSON.parse(body)))
      }),
    )
    const word = client(args({ body: textBody() })(({ args }) => text(args.body)))
    const raw = client(args({ body: bytesBody() })(({ args }) => json([...args.body])))
    await fc.assert(
      fc.asyncProperty(value, async (body) => {
        const headers = { 'content-type': 'text/plain' }
        expect(await (await word.post('/', { body, headers })).text()).toBe(body)
        const bytes = [...new TextEncoder().encode(body)]
        expect(await (await raw.post('/', { body: new Uint8Array(bytes) })).json()).toEqual(bytes)
      }),
    )
  })
})

describe('the header parsers', () => {
  it('return a value or reject the header', () => {
    const field = fc.oneof(
      fc.string(),
      fc
        .array(fc.constantFrom('form-data', 'a/b', ';', ' ', 'name', 'charset', '=', '"', '\\', 'x', '%22'))
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(field, (field) => {
        const disposition = parseDisposition(field)
        if (disposition !== undefined) expect(disposition.name).toBeTypeOf('string')
        try {
          expect(parseContentType(field).essence).toMatch(/^[^\s/]+\/[^\s/]+$/)
        } catch (error) {
          expect(error).toMatchObject({ status: 415 })
        }
      }),
      { numRuns: 5000 },
    )
  })

  it('take linear time', () => {
    // With an exponential or cubic pattern, these would never finish.
    for (const part of ['; ', ';', ';a="', ';a=b', '\\"', '"; ', ' ', ';a=\\']) {
      const long = part.repeat(20_000)
      parseDisposition(`form-data;${long}`)
      expect(() => parseContentType(`a/b${long}"`)).toThrow()
    }
  })
})

/** Returns the entries that a record of lists should have. zod removes `__proto__` from records. */
function grouped(pairs: readonly (readonly [string, string])[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const [key, value] of pairs) {
    if (key !== '__proto__') groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return [...groups].sort()
}
