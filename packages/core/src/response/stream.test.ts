import { describe, expect, it } from 'vitest'
import { type Application, type Chunks, stream } from '../index.ts'
import { client } from '../testing.ts'

const tick = () => new Promise((resolve) => setImmediate(resolve))
const bytes = (...values: number[]) => new Uint8Array(values)

/** Returns the unhandled rejections during `run`. */
async function unhandled(run: () => Promise<void>): Promise<unknown[]> {
  const rejections: unknown[] = []
  const listen = (error: unknown) => rejections.push(error)
  process.on('unhandledRejection', listen)
  await run()
  await tick()
  await tick()
  process.off('unhandledRejection', listen)
  return rejections
}

describe('stream', () => {
  it.each<[string, Chunks, string]>([
    ['an array', ['a', 'b'], 'ab'],
    ['a set', new Set(['a', 'b']), 'ab'],
    ['nothing', [], ''],
    ['text, as one chunk', 'grüße', 'grüße'],
    ['bytes and text', [bytes(0xc3), bytes(0xbc), 'ß'], 'üß'],
    ['a stream', new Blob(['blob']).stream(), 'blob'],
    ['empty chunks among others', ['', 'a', '', new Uint8Array(), 'b', ''], 'ab'],
    ['only empty chunks', ['', ''], ''],
  ])('sends %s', async (_, chunks, expected) => {
    expect(await stream(chunks).text()).toBe(expected)
  })

  it('sends each chunk that a generator yields separately', async () => {
    async function* count() {
      yield 'a'
      await tick()
      yield 'b'
    }
    const received: string[] = []
    for await (const chunk of stream(count()).body!) received.push(new TextDecoder().decode(chunk))
    expect(received).toEqual(['a', 'b'])
  })

  it('skips empty chunks', async () => {
    const received: number[] = []
    for await (const chunk of stream(['', 'a', '', new Uint8Array(), 'bc', '']).body!)
      received.push(chunk.length)
    expect(received).toEqual([1, 2])
  })

  it('is plain text unless the init has another content type', () => {
    expect(stream([]).headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const response = stream([], { status: 201, headers: { 'Content-Type': 'text/csv' } })
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'text/csv'])
  })

  it('requests a chunk only when one is read', async () => {
    let taken = 0
    function* endless() {
      for (;;) yield String(++taken)
    }
    const reader = stream(endless()).body!.getReader()
    await tick()
    expect(taken).toBe(0)
    for (let read = 1; read <= 3; read++) {
      await reader.read()
      await tick()
      expect(taken).toBe(read)
    }
    await reader.cancel()
  })

  it.each([undefined, null, 7, {}])('rejects %j immediately', (chunks) => {
    expect(() => stream(chunks as never)).toThrow(/^stream: chunks must be iterable, got /)
  })
})

describe('a streamed body that is cancelled', () => {
  it('runs the finally of a generator that is suspended at a yield, and ends one that has not begun', async () => {
    const steps: string[] = []
    async function* source() {
      try {
        steps.push('began')
        for (;;) yield 'x'
      } finally {
        steps.push('finally')
      }
    }
    const reader = stream(source()).body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(steps).toEqual(['began', 'finally'])
    await stream(source()).body!.cancel()
    expect(steps).toEqual(['began', 'finally'])
  })

  it('runs the finally of a waiting generator after its await settles, and requests nothing more', async () => {
    let go = () => {}
    const steps: string[] = []
    async function* source() {
      try {
        await new Promise<void>((resolve) => {
          go = resolve
        })
        steps.push('waited')
        yield 'x'
        steps.push('asked again')
      } finally {
        steps.push('finally')
      }
    }
    const rejections = await unhandled(async () => {
      const reader = stream(source()).body!.getReader()
      const reading = reader.read()
      await tick()
      const cancelling = reader.cancel()
      expect(await reading).toEqual({ done: true, value: undefined })
      go()
      await cancelling
    })
    expect(steps).toEqual(['waited', 'finally'])
    expect(rejections).toEqual([])
  })

  it('rejects the cancellation if the finally fails', async () => {
    function* source() {
      try {
        yield 'x'
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the failure that is tested
        throw new Error('finally')
      }
    }
    const reader = stream(source()).body!.getReader()
    await reader.read()
    await expect(reader.cancel()).rejects.toThrow('finally')
  })

  it('stops an iterable without return() that yields only empty chunks', async () => {
    let taken = 0
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          taken++
          await tick()
          return { done: false, value: '' }
        },
      }),
    }
    const reader = stream(source).body!.getReader()
    const reading = reader.read()
    await tick()
    await reader.cancel()
    await reading
    await tick()
    const then = taken
    for (let n = 0; n < 5; n++) await tick()
    expect(taken).toBe(then)
  })
})

describe('a resource of a streamed body', () => {
  it.each([
    ['GET', 1],
    ['HEAD', 0],
  ])(
    'is opened and closed by its generator, which runs only if the body is read: %s',
    async (method, opened) => {
      const steps: string[] = []
      async function* lines() {
        steps.push('opened')
        try {
          yield 'line'
        } finally {
          steps.push('closed')
        }
      }
      const response = await client(() => stream(lines())).request(method, '/')
      await response.text()
      expect(steps).toEqual(['opened', 'closed'].slice(0, opened * 2))
    },
  )

  it('that is opened before is closed when the response has ended, even if its body is not read', async () => {
    const steps: string[] = []
    async function* lines() {
      yield 'line'
    }
    const app: Application = ({ finished }) => {
      steps.push('opened')
      finished.then(() => steps.push('closed'))
      return stream(lines())
    }
    for (const method of ['GET', 'HEAD']) await (await client(app).request(method, '/')).text()
    expect(steps).toEqual(['opened', 'closed', 'opened', 'closed'])
  })
})

describe('a streamed body that fails', () => {
  it('sends the chunks before the error, then fails', async () => {
    const broken = new Error('broken')
    async function* source() {
      yield 'a'
      throw broken
    }
    const reader = stream(source()).body!.getReader()
    expect((await reader.read()).value).toEqual(bytes(97))
    await expect(reader.read()).rejects.toBe(broken)
  })

  it.each([[1], [null], [undefined], [{}], [new ArrayBuffer(1)]])(
    'rejects the chunk %j and ends the iterable',
    async (chunk) => {
      let returned = false
      function* source() {
        try {
          yield 'a'
          yield chunk
        } finally {
          returned = true
        }
      }
      const response = stream(source() as Iterable<string>)
      await expect(response.text()).rejects.toThrow(/a chunk must be a string or a Uint8Array/)
      expect(returned).toBe(true)
    },
  )

  it('fails with its own error if ending the iterable also fails or never settles', async () => {
    const iterable = (leave: () => never | Promise<never>) =>
      ({
        [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 1 }), return: leave }),
      }) as unknown as AsyncIterable<string>
    const failing = () => {
      throw new Error('return')
    }
    const rejections = await unhandled(async () => {
      await expect(stream(iterable(failing)).text()).rejects.toThrow('a chunk must be')
      await expect(stream(iterable(async () => failing())).text()).rejects.toThrow('a chunk must be')
      await expect(stream(iterable(() => new Promise(() => {}))).text()).rejects.toThrow('a chunk must be')
    })
    expect(rejections).toEqual([])
  })
})
