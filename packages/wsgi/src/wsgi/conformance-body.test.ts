/** What a server does with the body of a WSGI application (PEP 3333): the README's table names these tests. */
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answering, closable, failure, quiet, TEXT } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { Blocks, Write, WsgiApplication } from '../contract/types.ts'
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

  it('is asked for a block only when the client has taken the one before', async () => {
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

  it('is sent block for block, none held back for the next', async () => {
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

  it('is closed where it fails', async () => {
    const log: string[] = []
    const broken = () => {
      throw new Error('broken')
    }
    const response = await client(wsgi(answering(() => closable(log, broken)))).get('/')
    await expect(response.text()).rejects.toThrow('broken')
    await expect.poll(() => log).toEqual(['returned', 'closed'])
  })

  it('is closed where the application yields what is no block', async () => {
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

  it('is closed where startResponse was not called', async () => {
    const log: string[] = []
    await failure(() => closable(log))
    expect(log.sort()).toEqual(['closed', 'returned'])
  })

  it('is closed when the client leaves', async () => {
    const log: string[] = []
    const response = await client(wsgi(answering(() => closable(log)))).get('/')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(log.sort()).toEqual(['closed', 'returned'])
  })

  it('is closed when the client leaves while it waits', async () => {
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

  it('is asked for nothing once it is closed', async () => {
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

  it('is not told to return where its iterator has thrown', async () => {
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

  it('is closed for HEAD, where it may have blocks or none', async () => {
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

  it('reports a close that fails, and answers all the same', async () => {
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

  it('is made where the only block is known to be the only one', async () => {
    const response = await client(wsgi(answering(() => [b`Hello`]))).get('/')
    expect(response.headers.get('content-length')).toBe('5')
  })

  it('is not exceeded: the rest is not asked for, and the body is closed', async () => {
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

  it('is not to be written past', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      const write = startResponse('200 OK', [...TEXT, ['Content-Length', '4']])
      void write(b`four`)
      void write(b`!`)
      return []
    }
    const response = await client(wsgi(app)).get('/')
    await expect(response.text()).rejects.toThrow('write was given more than Content-Length allows')
  })

  it('that the body does not reach cuts the response off', async () => {
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

  it('sends the head and its block while the application goes on', async () => {
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

  it('is taken before the iterable is asked for anything', async () => {
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

  it('may not be called from within the iterable', async () => {
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

  it('takes bytes only', async () => {
    expect(
      await failure(
        writing((write) => {
          void write('text' as unknown as Uint8Array)
          return []
        }),
      ),
    ).toBe('write takes bytes, got "text"')
  })

  it('is rejected when the client leaves, and the application is let go', async () => {
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
