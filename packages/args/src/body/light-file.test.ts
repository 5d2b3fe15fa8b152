import { resolveObjectURL } from 'node:buffer'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Chunks, lightFile } from './light-file.ts'

/** What an observer sees of a value or of the error in its place. */
async function seen(look: () => unknown): Promise<unknown> {
  try {
    return await plain(await look())
  } catch (error) {
    return { error: (error as Error).constructor.name }
  }
}

async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Blob) {
    const { size, type } = value
    const name = value instanceof File ? value.name : undefined
    return { made: value.constructor.name, name, size, type, bytes: await plain(await value.bytes()) }
  }
  if (value instanceof ArrayBuffer) return { buffer: [...new Uint8Array(value)] }
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (value instanceof ReadableStream) return { stream: await plain(await new Response(value).bytes()) }
  if (Array.isArray(value)) return Promise.all(value.map(plain))
  return { value }
}

type Observe = (file: File) => unknown

async function readInto(file: File, size: number): Promise<Uint8Array> {
  const reader = file.stream().getReader({ mode: 'byob' })
  const read: number[] = []
  while (true) {
    const { done, value } = await reader.read(new Uint8Array(size))
    if (done) return Uint8Array.from(read)
    read.push(...value)
  }
}

const slices: Record<string, unknown[]> = {
  'without arguments': [],
  'from the second byte': [1],
  'in the middle': [2, 5],
  'of the end': [-3],
  'up to the end': [0, -1],
  'from further before the start than there are bytes': [-100, 4],
  'of nothing': [5, 2],
  'beyond the end': [3, 1e9],
  'at an infinite position': [-Infinity, Infinity],
  'at no number': [Number.NaN, 3],
  'at text': ['2', '4'],
  'at fractions': [1.5, 3.5],
  'at null': [null, 3],
  'at undefined': [undefined, 3],
  'at a bigint': [1n, 3],
  'with a type': [0, 3, 'Text/X'],
  'with a bad type': [0, 3, 'a\u0001b'],
  'with null as type': [0, 3, null],
  'with a symbol as type': [0, 3, Symbol('x')],
}

const observations: Record<string, Observe> = {
  constructor: (file: File) => [file.constructor === File, file instanceof File, file instanceof Blob],
  size: (file) => file.size,
  type: (file) => file.type,
  name: (file) => file.name,
  lastModified: (file) => typeof file.lastModified,
  text: (file) => file.text(),
  bytes: (file) => file.bytes(),
  arrayBuffer: (file) => file.arrayBuffer(),
  stream: (file) => file.stream(),
  textStream: async (file) => {
    let text = ''
    for await (const piece of (file as unknown as { textStream(): ReadableStream<string> }).textStream())
      text += piece
    return text
  },
  slice: async (file) => {
    const { slice } = file as unknown as { slice(...args: unknown[]): Blob }
    return Promise.all(Object.values(slices).map((args) => seen(() => slice.call(file, ...args))))
  },
  'a stream read into the reader’s buffers': async (file) => [
    await readInto(file, 3),
    await readInto(file, 100),
  ],
  'a stream that is cancelled': async (file) => {
    const stream = file.stream()
    await stream.cancel()
    return stream.getReader().read()
  },
  'two streams at once': (file) => [file.stream(), file.stream()],
  'what its reader changes': async (file) => {
    ;(await file.bytes()).fill(1)
    new Uint8Array(await file.arrayBuffer()).fill(2)
    for await (const chunk of file.stream()) chunk.fill(3)
    return file
  },
  'what its reader transfers': async (file) => {
    for await (const { buffer } of file.stream()) structuredClone(buffer, { transfer: [buffer] })
    return file
  },
  'a part of a Blob': (file) => new Blob(['<', file, file, '>']),
  'a part of a File': (file) => new File([file], 'b', { type: 'b/c' }),
  'a body': (file) => {
    const response = new Response(file)
    return [response.headers.get('content-type'), response.body]
  },
  'a body of a request': (file) => new Request('http://localhost', { method: 'POST', body: file }).blob(),
  'a field of a form': (file) => {
    const form = new FormData()
    form.append('a', file)
    return [form.get('a') === file, form.get('a')]
  },
  'a field of a form under another name': (file) => {
    const form = new FormData()
    form.append('a', file, 'other')
    return form.get('a')
  },
  'a form that is sent': async (file) => {
    const form = new FormData()
    form.append('a', file)
    return (await new Response(form).formData()).get('a')
  },
  'a clone': (file) => structuredClone(file),
  'a URL': (file) => {
    const url = URL.createObjectURL(file)
    const found = resolveObjectURL(url)
    URL.revokeObjectURL(url)
    return found
  },
  'the members of Blob itself': (file) =>
    Promise.all([
      Blob.prototype.text.call(file),
      Blob.prototype.bytes.call(file),
      Blob.prototype.slice.call(file, 1, 4),
      Reflect.get(Blob.prototype, 'size', file),
      Reflect.get(Blob.prototype, 'type', file),
    ]),
  'its printed form': (file) => inspect(file).replace(/\d{13}/, '…'),
  'its text form': (file) => [String(file), JSON.stringify(file), Object.keys(file)],
  'what is set': (file) => Reflect.set(file, 'size', 1),
}

const text = new TextEncoder()
const contents: Record<string, Chunks> = {
  nothing: [],
  'one chunk': [text.encode('Grüße, 世界')],
  'a character cut in two': [Uint8Array.of(0x61, 0xc3), Uint8Array.of(0xbc, 0x62)],
  'a byte order mark': [text.encode('\uFEFF'), text.encode('mark')],
  'no text': [Uint8Array.of(0, 255), Uint8Array.of(128), Uint8Array.of(13, 10)],
  'views of longer buffers': [
    text.encode('0123456789').subarray(2, 5),
    new Uint8Array(Buffer.from('abcdef').buffer).subarray(1, 4),
  ],
}
const names = ['a.txt', '', 'ü/"\\.x', 'lone \uD800']
const types = ['', 'text/plain', 'Text/PLAIN; Charset=x', 'b\u0000d', 'ü', 'a\tb']

describe('the light file', () => {
  it('is held to every member that File has', () => {
    const members = [File, Blob].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
    expect(Object.keys(observations)).toEqual(expect.arrayContaining(members))
  })

  it('says when it came', () => {
    const before = Date.now()
    const { lastModified } = lightFile([], 'a', '')
    expect(lastModified).toBeGreaterThanOrEqual(before)
    expect(lastModified).toBeLessThanOrEqual(Date.now())
  })

  for (const [content, chunks] of Object.entries(contents)) {
    it.each(Object.entries(observations))(`answers as a File does: of ${content}, %s`, async (_, observe) => {
      for (const name of names) {
        for (const type of types) {
          const real = await seen(() => observe(new File([...chunks], name, { type })))
          expect(await seen(() => observe(lightFile(chunks, name, type))), type).toEqual(real)
        }
      }
    })
  }

  it('answers as a File does after any observations in a row', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(chunk, { maxLength: 5 }),
        fc.constantFrom(...types),
        fc.array(fc.constantFrom(...Object.keys(observations)), { minLength: 2, maxLength: 5 }),
        async (given, type, order) => {
          const chunks = given as Uint8Array<ArrayBuffer>[]
          const real = new File(chunks, 'a', { type })
          const light = lightFile(chunks, 'a', type)
          for (const name of order) {
            const expected = await seen(() => observations[name]!(real))
            expect(await seen(() => observations[name]!(light)), `${order.join(', ')}: ${name}`).toEqual(
              expected,
            )
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('is sliced as a File is, wherever its chunks end', async () => {
    const position = fc.integer({ min: -30, max: 30 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 8 }), { maxLength: 4 }),
        position,
        position,
        async (given, start, end) => {
          const chunks = given as Uint8Array<ArrayBuffer>[]
          const real = new File(chunks, 'a').slice(start, end)
          expect(await plain(lightFile(chunks, 'a', '').slice(start, end))).toEqual(await plain(real))
        },
      ),
    )
  })
})
