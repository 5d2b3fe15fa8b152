import { type Application, json } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { chunked } from '../../test/chunked.ts'
import { formBytes, formHeaders, type SentPart } from '../../test/multipart.ts'
import { args, fileList, formBody, parts } from '../index.ts'

const limits = { maxBodySize: 2_000_000, maxFields: 40, maxPartHeaderSize: 300 }

type Read = readonly [name: string, filename: string | null, type: string, content: string]

async function fromValue(name: string, value: string | File): Promise<Read> {
  if (typeof value === 'string') return [name, null, 'text/plain', Buffer.from(value).toString('base64')]
  return [name, value.name, value.type, Buffer.from(await value.bytes()).toString('base64')]
}

/** Reads the parts into memory, grouped by name. */
const Anything = formBody(z.record(z.string(), z.array(z.union([z.string(), z.file()]))))
const buffering = client(
  args({ body: Anything, limits })(async ({ args }) => {
    const entries = Object.entries(args.body).flatMap(([name, values]) =>
      values.map((value) => fromValue(name, value)),
    )
    return json(await Promise.all(entries))
  }),
)

/** Reads each part as a stream, and fields as text. */
const application: Application = async (environ) => {
  const read: Read[] = []
  for await (const part of parts(environ, limits)) {
    const { name, filename = null } = part
    const bytes = filename === null ? Buffer.from(await part.text()) : await streamed(part.body)
    const type = filename === null ? 'text/plain' : part.type
    read.push([name, filename, type, Buffer.from(bytes).toString('base64')])
  }
  return json(read)
}
const streaming = client(application)

async function streamed(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) {
    expect(chunk.byteLength).toBeGreaterThan(0)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Reads the parts one name after the other, as a record does, but without `__proto__`, which zod removes. */
function byName(read: readonly Read[]): Read[] {
  const groups = Map.groupBy(read, ([name]) => name)
  groups.delete('__proto__')
  return [...groups.values()].flat()
}

const name = fc.constantFrom('a', 'b', 'ü', '', '__proto__')
const filename = fc.constantFrom('f.txt', '../é', '')
const content = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.uint8Array({ maxLength: 300 }),
  fc.nat(20_000).map((size) => 'x\r\n--'.repeat(size / 5)),
  fc
    .array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', 'B', '--Bx', '\r\n--', '\r\n--Bx'))
    .map((all) => all.join('')),
)
const part: fc.Arbitrary<SentPart> = fc.oneof(
  fc.tuple(name, fc.string({ unit: 'grapheme' })),
  fc.tuple(name, content, fc.record({ filename, type: fc.constantFrom('image/png', 'a/b; c=d') })),
)
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9000 })), {
  minLength: 1,
  maxLength: 6,
})

async function compare(bytes: Uint8Array<ArrayBuffer>, sizes: readonly number[]): Promise<number> {
  const [buffered, read] = await Promise.all(
    [buffering, streaming].map((web) => web.post('/', { body: chunked(bytes, sizes), headers: formHeaders })),
  )
  expect(read!.status).toBe(buffered!.status)
  expect(read!.status).toBeLessThan(500)
  if (read!.status !== 200) {
    const [expected, problem] = await Promise.all([buffered!.json(), read!.json()])
    expect(problem).toEqual(expected)
  } else {
    expect(byName((await read!.json()) as Read[])).toEqual(await buffered!.json())
  }
  return read!.status
}

describe('reading a form as a stream and into memory', () => {
  it('gives the same parts, in chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), cuts, async (all, sizes) => {
        expect(await compare(formBytes(all), sizes)).toBe(200)
      }),
      { numRuns: 300 },
    )
  })

  it('gives the same parts or the same error for bodies that may be malformed', async () => {
    const seen = new Set<number>()
    const broken = fc.tuple(
      fc.array(part, { maxLength: 4 }),
      fc.nat(),
      fc.nat(4),
      fc.uint8Array({ maxLength: 6 }),
    )
    await fc.assert(
      fc.asyncProperty(broken, cuts, async ([all, at, removed, inserted], sizes) => {
        const bytes = formBytes(all)
        const from = at % bytes.length
        const changed = Buffer.concat([bytes.subarray(0, from), inserted, bytes.subarray(from + removed)])
        seen.add(await compare(new Uint8Array(changed), sizes))
      }),
      { numRuns: 600 },
    )
    expect(seen).toContain(200)
    expect(seen).toContain(400)
  })

  it('skips any parts without changing the others', async () => {
    const skipping: Application = async (environ) => {
      const read: Read[] = []
      for await (const part of parts(environ, limits)) {
        if (part.name !== 'a') continue
        if (part.filename !== undefined) for await (const _ of part.body) break
        else read.push([part.name, null, part.type, Buffer.from(await part.bytes()).toString('base64')])
      }
      return json(read)
    }
    const web = client(skipping)
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), cuts, async (all, sizes) => {
        const response = await web.post('/', { body: chunked(formBytes(all), sizes), headers: formHeaders })
        const expected = all.filter(([name, , file]) => name === 'a' && file === undefined)
        expect(((await response.json()) as Read[]).map(([, , , text]) => text)).toEqual(
          expected.map(([, text]) => Buffer.from(text).toString('base64')),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('gives a function the same files as it gives a File', async () => {
    const receive = async ({
      filename,
      type,
      body,
    }: {
      filename: string
      type: string
      body: ReadableStream
    }) => ['a', filename, type, Buffer.from(await streamed(body)).toString('base64')] as const
    const declare = (files: ReturnType<typeof fileList<unknown>>) =>
      args({ body: formBody(z.object({}), { files: { a: files } }), limits })
    const received = client(
      declare(fileList({ maxCount: 9, optional: true, receive }))(({ args }) => json(args.body.a)),
    )
    const inMemory = client(
      declare(fileList<unknown>({ maxCount: 9, optional: true }))(async ({ args }) =>
        json(await Promise.all(args.body.a.map((file) => fromValue('a', file as File)))),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), cuts, async (all, sizes) => {
        const bytes = formBytes(all.filter(([name, , file]) => name !== 'a' || file !== undefined))
        const [first, second] = await Promise.all(
          [received, inMemory].map(async (web) => {
            const response = await web.post('/', { body: chunked(bytes, sizes), headers: formHeaders })
            return [response.status, await response.json()]
          }),
        )
        expect(first![0]).toBe(200)
        expect(first).toEqual(second)
      }),
      { numRuns: 200 },
    )
  })
})
