/** The response body in PEP 3333. The table in the README names these tests. */
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answering, closable, failure, quiet, TEXT } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { Blocks, Write, WsgiApplication } from '../contract/types.ts'
import { validator } from '../validator/validator.ts'
import { wsgi } from './wsgi.ts'

describe('the body', () => {
  it('is sent byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), async (blocks) => {
        const response = await client(wsgi(answering(() => blocks))).get('/')
        const sent = new Uint8Array(await response.arrayBuffer())
        expect(sent).toEqual(Uint8Array.from(blocks.flatMap((block) => [...block])))
      }),
      { numRuns: 100 },
    )
  })

  it('is asked for a block only after the client has read the previous one', async () => {
    let made = 0
    const app = answering(function* () {
      for (;;) yield Uint8Array.of(++made)
    })
    const response = await client(wsgi(app)).get('/')
    const reader = response.body!.getReader()
    expect(made).toBe(1)
    expect((await reader.read()).value).toEqual(Uint8Array.of(1))
    expect(made).toBe(1)
    expect((await reader.read()).value).toEqual(Uint8Array.of(2))
    expect(made).toBe(2)
    await reader.cancel()
  })

  it('is sent block by block without delay', async () => {
    const { promise: never } = Promise.withResolvers<void>()
    const app = answering(() => closable([], () => never))
    const response = await client(wsgi(app)).get('/')
    const reader = response.body!.getReader()
    expect((await reader.read()).value).toEqual(b`one`)
    void reader.cancel()
  })

  it('is closed at its end', async () => {
    const log: string[] = []
    const response = await client(wsgi(answering(() => closable(log)))).get('/')
    expect(await response.text()).toBe('onetwo')
    await expect.poll(() => log).toEqual(['returned', 'closed'])
  })

  it('is closed if it fails', async () => {
    const log: string[] = []
    const broken = () => {
      throw new Error('broken')
    }
    const response = await client(wsgi(answering(() => closable(log, broken)))).get('/')
    await expect(response.text()).rejects.toThrow('broken')
    await expect.poll(() => log).toEqual(['returned', 'closed'])
  })

  it('is closed if the application yields something other than bytes', async () => {
    const log: string[] = []
    const body = Object.assign(
      (function* () {
        try {
          yield b`one`
          yield 'two' as unknown as Uint8Array
        } finally {
          log.push('returned')
        }
      })(),
      {
        close() {
          log.push('closed')
        },
      },
    )
    const response = await client(wsgi(answering(() => body))).get('/')
    await expect(response.text()).rejects.toThrow('The application yielded "two", not bytes')
    await expect.poll(() => log).toEqual(['returned', 'closed'])
  })

  it('is closed if it cannot be iterated', async () => {
    const broken = {
      [Symbol.iterator]() {
        throw new Error('broken')
      },
    }
    for (const blocks of [broken, {}]) {
      for (const wrap of [(app: WsgiApplication) => app, validator]) {
        const log: string[] = []
        const body = { ...blocks, close: () => void log.push('closed') } as unknown as Blocks
        await failure(wrap(answering(() => body)))
        expect(log).toEqual(['closed'])
      }
    }
  })

  it('is closed if startResponse was not called', async () => {
    const log: string[] = []
    await failure(() => closable(log))
    expect(log.sort()).toEqual(['closed', 'returned'])
  })

  it('is closed when the client disconnects', async () => {
    const log: string[] = []
    const response = await client(wsgi(answering(() => closable(log)))).get('/')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(log.sort()).toEqual(['closed', 'returned'])
  })

  it('is closed when the client disconnects while the body is waiting', async () => {
    const log: string[] = []
    const waits = Promise.withResolvers<void>()
    const never = () => {
      waits.resolve()
      return new Promise<void>(() => {})
    }
    const response = await client(wsgi(answering(() => closable(log, never)))).get('/')
    const reader = response.body!.getReader()
    await reader.read()
    void reader.read()
    await waits.promise
    void reader.cancel()
    await expect.poll(() => log).toEqual(['closed'])
  })

  it('is not asked for another block after it is closed', async () => {
    const log: string[] = []
    const body: Blocks = {
      [Symbol.iterator]: () => ({
        next() {
          log.push('next')
          return { done: false, value: b`block` }
        },
        return() {
          log.push('return')
          return { done: true, value: undefined }
        },
      }),
    }
    const response = await client(wsgi(answering(() => body))).get('/')
    const reader = response.body!.getReader()
    await reader.read()
    await new Promise(setImmediate)
    void reader.read()
    await reader.cancel()
    await new Promise(setImmediate)
    expect(log).toEqual(['next', 'return'])
  })

  it('is closed without return() if its iterator has thrown', async () => {
    const log: string[] = []
    const body: Blocks = {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error('broken')
        },
        return() {
          log.push('return')
          return { done: true, value: undefined }
        },
      }),
      close() {
        log.push('close')
      },
    }
    expect(await failure(answering(() => body))).toBe('broken')
    expect(log).toEqual(['close'])
  })

  it('is closed in response to HEAD, with or without blocks', async () => {
    const log: string[] = []
    const response = await client(wsgi(answering(() => closable(log)))).head('/')
    expect([response.status, response.body]).toEqual([200, null])
    await expect.poll(() => log.sort()).toEqual(['closed', 'returned'])
    const declares: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', [...TEXT, ['Content-Length', '5']])
      return []
    }
    expect((await client(wsgi(declares)).head('/')).headers.get('content-length')).toBe('5')
  })

  it('is sent even if close fails, and the error is reported', async () => {
    const body: Blocks = {
      *[Symbol.iterator]() {
        yield b`one`
        yield b`two`
      },
      close() {
        throw new Error('stuck')
      },
    }
    const web = client(wsgi(answering(() => body)), quiet)
    expect(await (await web.get('/')).text()).toBe('onetwo')
    await expect.poll(() => web.errors).toMatchObject([{ cause: { message: 'stuck' } }])
  })
})

describe('Content-Length', () => {
  const declaring =
    (length: string, blocks: () => Blocks): WsgiApplication =>
    (_, startResponse) => {
      startResponse('200 OK', [...TEXT, ['Content-Length', length]])
      return blocks()
    }

  it('is added if the body is a single block', async () => {
    const response = await client(wsgi(answering(() => [b`Hello`]))).get('/')
    expect(response.headers.get('content-length')).toBe('5')
  })

  it('is never exceeded: iteration stops and the body is closed', async () => {
    const log: string[] = []
    let made = 0
    const endless = function* () {
      for (;;) {
        made++
        yield b`one`
      }
    }
    expect(await (await client(wsgi(declaring('4', endless))).get('/')).text()).toBe('oneo')
    expect(made).toBe(2)
    for (const [length, sent] of [
      ['4', 'onet'],
      ['3', 'one'],
    ] as const) {
      const response = await client(wsgi(declaring(length, () => closable(log)))).get('/')
      expect(await response.text()).toBe(sent)
    }
    const single = await client(wsgi(declaring('2', () => [b`Hello`]))).get('/')
    expect(await single.text()).toBe('He')
    await expect.poll(() => log.sort()).toEqual(['closed', 'closed', 'returned', 'returned'])
  })

  it('makes write fail if it is exceeded', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      const write = startResponse('200 OK', [...TEXT, ['Content-Length', '4']])
      void write(b`four`)
      void write(b`!`)
      return []
    }
    const response = await client(wsgi(app)).get('/')
    await expect(response.text()).rejects.toThrow(
      'write was called with more bytes than Content-Length allows',
    )
  })

  it('cuts the response off if the body is too short', async () => {
    const response = await client(wsgi(declaring('7', () => closable([])))).get('/')
    await expect(response.text()).rejects.toThrow(
      "The application's Content-Length is 7, but its body has 6 bytes",
    )
    expect(await failure(declaring('7', () => [b`Hello`]))).toContain('but its body has 5 bytes')
    expect(await failure(declaring('7', () => []))).toContain('but its body has 0 bytes')
  })
})

describe('write', () => {
  const writing =
    (use: (write: Write) => Blocks | Promise<Blocks>): WsgiApplication =>
    (_, startResponse) =>
      use(startResponse('200 OK', TEXT))

  it('sends the head and its block while the application continues', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const app = writing(async (write) => {
      await write(b`now`)
      await promise
      return [b`later`]
    })
    const response = await client(wsgi(app)).get('/')
    const reader = response.body!.getReader()
    expect((await reader.read()).value).toEqual(b`now`)
    resolve()
    expect((await reader.read()).value).toEqual(b`later`)
    expect((await reader.read()).done).toBe(true)
  })

  it('sends its blocks in order, before those of the iterable', async () => {
    const app = writing((write) => {
      void write(b`1`)
      void write(b``)
      void write(b`2`)
      return [b`3`, b`4`]
    })
    expect(await (await client(wsgi(app)).get('/')).text()).toBe('1234')
  })

  it('finishes before the iterable is asked for a block', async () => {
    let asked = false
    const app = writing((write) => {
      void write(b`1`)
      void write(b`2`)
      return (function* () {
        asked = true
        yield b`3`
      })()
    })
    const reader = (await client(wsgi(app)).get('/')).body!.getReader()
    await reader.read()
    await new Promise(setImmediate)
    expect(asked).toBe(false)
    await reader.read()
    expect((await reader.read()).value).toEqual(b`3`)
    expect(asked).toBe(true)
  })

  it('cannot be called from within the iterable', async () => {
    const app = writing((write) =>
      (function* () {
        yield b`1`
        void write(b`2`)
      })(),
    )
    const response = await client(wsgi(app)).get('/')
    await expect(response.text()).rejects.toThrow(
      'write was called after the application had returned its iterable',
    )
  })

  it('accepts only bytes', async () => {
    expect(
      await failure(
        writing((write) => {
          void write('text' as unknown as Uint8Array)
          return []
        }),
      ),
    ).toBe('write must be called with bytes, got "text"')
  })

  it('rejects when the client disconnects, so the application can stop', async () => {
    const log: string[] = []
    const app = writing(async (write) => {
      try {
        for (;;) await write(b`more`)
      } catch (error) {
        log.push(String(error))
        throw error
      }
    })
    const web = client(wsgi(app), quiet)
    const reader = (await web.get('/')).body!.getReader()
    await reader.read()
    await reader.cancel(new Error('gone'))
    await expect.poll(() => log).toEqual(['Error: gone'])
    expect(web.errors).toEqual([])
  })
})
