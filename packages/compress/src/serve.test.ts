/** Compressed responses of a real server, and what its clients see. */
import { type IncomingMessage, request } from 'node:http'
import { type Application, lint, sse, stream, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { describe, expect, it } from 'vitest'
import { StreamingDecoder } from '../test/decode.ts'
import { type CompressOptions, compress } from './index.ts'

/** Serves a compressed application while `use` runs. Returns what was reported. */
async function served(
  app: Application,
  use: (open: (init?: { method?: string }) => Promise<IncomingMessage>) => Promise<void>,
  options?: CompressOptions,
): Promise<unknown[]> {
  const errors: unknown[] = []
  const server = await serve(lint(compress(options)(app)), {
    listen: 'http://127.0.0.1:0',
    errors: { write: (problem) => errors.push(problem) },
  })
  const open = ({ method = 'GET' } = {}) => {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const headers = { 'accept-encoding': 'gzip' }
    request(server.addresses[0]!, { method, headers, agent: false }, resolve).on('error', reject).end()
    return promise
  }
  try {
    await use(open)
  } finally {
    await server.close()
  }
  return errors
}

function decoderOf(message: IncomingMessage): StreamingDecoder {
  const chunks = message[Symbol.asyncIterator]()
  return new StreamingDecoder('gzip', async () => (await chunks.next()).value)
}

describe('a client of a server with compress', () => {
  it('gets a text with its exact length', async () => {
    const long = 'Hello '.repeat(1000)
    await served(
      () => text(long),
      async (open) => {
        const message = await open()
        expect(message.headers['content-encoding']).toBe('gzip')
        const chunks = await message.toArray()
        expect(Number(message.headers['content-length'])).toBe(Buffer.concat(chunks).byteLength)
      },
    )
  })

  it('gets no Content-Length in a response to HEAD', async () => {
    const headers = { 'content-length': '6000' }
    await served(
      () => text('Hello '.repeat(1000), { headers }),
      async (open) => {
        const message = await open({ method: 'HEAD' })
        expect(message.headers['content-encoding']).toBe('gzip')
        expect(message.headers).not.toHaveProperty('content-length')
        message.resume()
      },
    )
  })

  it('reads each chunk before the next one is made', async () => {
    let release = () => {}
    const made: string[] = []
    async function* page() {
      made.push('head')
      yield '<head>'
      await new Promise<void>((resolve) => {
        release = resolve
      })
      made.push('body')
      yield '<body>'
    }
    await served(
      () => stream(page(), { headers: { 'content-type': 'text/html' } }),
      async (open) => {
        const decoder = decoderOf(await open())
        expect(await decoder.until('<head>')).toBe('<head>')
        expect(made).toEqual(['head'])
        release()
        expect(await decoder.until('<body>')).toBe('<head><body>')
      },
    )
  })

  it('reads each event before the next one is made, compressed or not', async () => {
    for (const events of [true, false]) {
      let release = () => {}
      async function* ticks() {
        yield '1'
        await new Promise<void>((resolve) => {
          release = resolve
        })
        yield '2'
      }
      await served(
        () => sse(ticks()),
        async (open) => {
          const message = await open()
          expect(message.headers['content-encoding']).toBe(events ? 'gzip' : undefined)
          if (!events) {
            const chunks = message[Symbol.asyncIterator]()
            expect(String((await chunks.next()).value)).toBe('data: 1\n\n')
            release()
            expect(String((await chunks.next()).value)).toBe('data: 2\n\n')
            return
          }
          const decoder = decoderOf(message)
          expect(await decoder.until('data: 1\n\n')).toBe('data: 1\n\n')
          release()
          expect(await decoder.until('data: 2\n\n')).toBe('data: 1\n\ndata: 2\n\n')
        },
        { events },
      )
    }
  })

  it('ends the source when it leaves', async () => {
    const left = Promise.withResolvers<void>()
    async function* endless() {
      try {
        for (;;) {
          yield 'again '
          await new Promise((resolve) => setImmediate(resolve))
        }
      } finally {
        left.resolve()
      }
    }
    const errors = await served(
      () => stream(endless()),
      async (open) => {
        const message = await open()
        await message[Symbol.asyncIterator]().next()
        message.destroy()
        await left.promise
      },
    )
    expect(errors).toEqual([])
  })

  it('sees that a response was cut off if the source fails, which is reported once', async () => {
    let fail = () => {}
    async function* broken() {
      yield 'first '
      await new Promise<void>((_, reject) => {
        fail = () => reject(new RangeError('broken'))
      })
    }
    const errors = await served(
      () => stream(broken()),
      async (open) => {
        const message = await open()
        const decoder = decoderOf(message)
        await decoder.until('first ')
        fail()
        await expect(decoder.until('more')).rejects.toThrow('aborted')
        expect(message.complete).toBe(false)
      },
    )
    expect(errors).toEqual([new RangeError('broken')])
  })

  it('gets a 500 if the source fails before anything was sent', async () => {
    const source = {
      [Symbol.iterator]: () => ({
        next(): IteratorResult<string> {
          throw new RangeError('broken')
        },
      }),
    }
    const errors = await served(
      () => stream(source),
      async (open) => {
        const message = await open()
        expect(message.statusCode).toBe(500)
        expect(message.headers).not.toHaveProperty('content-encoding')
        message.resume()
      },
    )
    expect(errors).toEqual([new RangeError('broken')])
  })
})
