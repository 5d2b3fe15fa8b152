import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Markup, type MarkupValue, markup, page } from './markup.ts'

/** Reads a page chunk by chunk, like a client. */
function reader(fragment: Markup) {
  const body = page(fragment).body as ReadableStream<Uint8Array<ArrayBuffer>>
  const bytes = body.getReader()
  return {
    async read(): Promise<string | undefined> {
      const { done, value } = await bytes.read()
      return done ? undefined : new TextDecoder().decode(value)
    },
    cancel: () => bytes.cancel(),
  }
}

/** An async iterable that logs its calls. After its last value, `next()` never resolves. */
class Source implements AsyncIterableIterator<MarkupValue> {
  readonly log: string[] = []
  readonly #values: MarkupValue[]

  constructor(...values: MarkupValue[]) {
    this.#values = values
  }

  [Symbol.asyncIterator](): this {
    this.log.push('open')
    return this
  }

  next(): Promise<IteratorResult<MarkupValue>> {
    this.log.push('next')
    if (this.#values.length === 0) return new Promise(() => {})
    return Promise.resolve({ done: false, value: this.#values.shift() })
  }

  return(): Promise<IteratorResult<MarkupValue>> {
    this.log.push('return')
    return Promise.resolve({ done: true, value: undefined })
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a streamed page', () => {
  it('contains promises and async iterables in order, escaped like any value', async () => {
    async function* rows(): AsyncGenerator<MarkupValue> {
      yield '<'
      yield markup`<br>${Promise.resolve(['&', markup`<hr>`])}`
      yield [null, 7]
      yield* [Promise.resolve('>'), Promise.resolve(markup`${inner()}`)] as MarkupValue[]
    }
    async function* inner() {
      yield 'inner'
    }
    const slow = turn().then(() => 'slow')
    const web = client(() => page(markup`a${slow}b${Promise.resolve('fast')}c${rows()}d`))
    expect(await (await web.get('/')).text()).toBe('aslowbfastc&lt;<br>&amp;<hr>7&gt;innerd')
  })

  it('sends everything before a pending value while it waits for the value', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const { read } = reader(markup`<h1>${'head'}</h1>${promise}<p>tail</p>`)
    expect(await read()).toBe('<h1>head</h1>')
    resolve('value')
    expect(await read()).toBe('value<p>tail</p>')
    expect(await read()).toBeUndefined()
  })

  it('sends settled values in a single chunk', async () => {
    const list = Array.from({ length: 100 }, (_, n) => Promise.resolve(n))
    const fragment = markup`<p>${list}</p>`
    await turn()
    const { read } = reader(fragment)
    expect(await read()).toBe(`<p>${Array.from({ length: 100 }, (_, n) => n).join('')}</p>`)
    expect(await read()).toBeUndefined()
  })

  it('waits for all its promises in parallel', async () => {
    const first = Promise.withResolvers<string>()
    const second = Promise.withResolvers<string>()
    const { read } = reader(markup`${first.promise}|${second.promise}`)
    second.resolve('2')
    await turn()
    first.resolve('1')
    expect([await read(), await read()]).toEqual(['1|2', undefined])
  })

  it('reads from an iterable no faster than the client reads', async () => {
    const source = new Source('1', '2', '3', '4')
    const { read, cancel } = reader(markup`<ul>${source}</ul>`)
    await turn()
    expect(source.log).toEqual([])
    expect(await read()).toBe('<ul>')
    await turn()
    expect(source.log).toEqual(['open'])
    expect(await read()).toBe('1')
    expect(await read()).toBe('2')
    await turn()
    expect(source.log).toEqual(['open', 'next', 'next'])
    await cancel()
  })

  it('closes every iterable when the client disconnects, including those whose turn has not come', async () => {
    const outer = new Source(markup`<b>${new Source('x')}</b>`)
    const nested = new Source('x')
    const reading = new Source(markup`<b>${nested}</b>`)
    const waiting = new Source('y')
    const { read, cancel } = reader(markup`${reading}${[waiting, markup`${outer}`]}`)
    expect(await read()).toBe('<b>')
    expect(await read()).toBe('x')
    await cancel()
    expect(nested.log).toEqual(['open', 'next', 'return'])
    expect(reading.log).toEqual(['open', 'next', 'return'])
    expect(waiting.log).toEqual(['open', 'return'])
    expect(outer.log).toEqual(['open', 'return'])
  })

  it('closes its iterables if the client never reads', async () => {
    const source = new Source()
    const response = await client(() => page(markup`<p>${source}`)).head('/')
    expect(response.status).toBe(200)
    await turn()
    expect(source.log).toEqual(['open', 'return'])
  })

  it('can be cancelled while it waits for a value', async () => {
    const silent = new Source()
    const after = new Source()
    const never = reader(markup`a${new Promise<string>(() => {})}${after}`)
    const mute = reader(markup`a${silent}`)
    for (const { read, cancel } of [never, mute]) {
      expect(await read()).toBe('a')
      const next = read()
      await turn()
      await cancel()
      expect(await next).toBeUndefined()
    }
    expect(after.log).toEqual(['open', 'return'])
    expect(silent.log).toEqual(['open', 'next', 'return'])
  })

  it('opens no iterable after the client has disconnected', async () => {
    const late = new Source()
    const { promise, resolve } = Promise.withResolvers<IteratorResult<MarkupValue>>()
    const slow = new Source()
    slow.next = () => promise
    const { read, cancel } = reader(markup`${slow}`)
    const next = read()
    await turn()
    await cancel()
    resolve({ done: false, value: markup`${late}` })
    await turn()
    expect(await next).toBeUndefined()
    expect(late.log).toEqual([])
  })

  it("runs a generator's finally block when the client disconnects", async () => {
    const log: string[] = []
    async function* rows() {
      try {
        yield 'row'
        yield 'row'
      } finally {
        log.push('finally')
      }
    }
    const { read, cancel } = reader(markup`${rows()}`)
    expect(await read()).toBe('row')
    await cancel()
    expect(log).toEqual(['finally'])
  })

  it('is cut off if a promise rejects, and closes the remaining iterables', async () => {
    const source = new Source()
    const error = new Error('no')
    const { read } = reader(markup`<p>${Promise.reject(error)}</p>${source}`)
    const got: (string | undefined)[] = []
    await expect(
      (async () => {
        for (;;) got.push(await read())
      })(),
    ).rejects.toBe(error)
    expect(got).toEqual(['<p>'])
    expect(source.log).toEqual(['open', 'return'])
  })

  it('is cut off if an iterable throws or yields an invalid value', async () => {
    async function* fails() {
      yield 'row'
      throw new Error('no')
    }
    const web = client(() => page(markup`${fails()}`))
    await expect((await web.get('/')).text()).rejects.toThrow('no')
    const wrong = new Source({} as MarkupValue)
    await expect(page(markup`${wrong}`).text()).rejects.toThrow(
      'an instance of Object cannot be put into HTML',
    )
    expect(wrong.log).toEqual(['open', 'next', 'return'])
  })

  it('reports the first error if closing an iterable fails, too', async () => {
    const stubborn = new Source()
    stubborn.return = () => Promise.reject(new Error('return'))
    await expect(page(markup`${Promise.reject(new Error('first'))}${stubborn}`).text()).rejects.toThrow(
      'first',
    )
  })

  it('causes no unhandled rejection for promises that are never reached', async () => {
    const unhandled: unknown[] = []
    const keep = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', keep)
    try {
      markup`never sent ${Promise.reject(new Error('1'))}`
      const { promise, reject } = Promise.withResolvers<string>()
      const { read, cancel } = reader(markup`a${promise}${[Promise.reject(new Error('2'))]}`)
      expect(await read()).toBe('a')
      await cancel()
      reject(new Error('3'))
      await turn()
      await turn()
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', keep)
    }
  })

  it('can be sent again if it contains no async iterable', async () => {
    const fragment = markup`<p>${turn().then(() => 'x')}</p>`
    expect(await Promise.all([page(fragment).text(), page(fragment).text()])).toEqual([
      '<p>x</p>',
      '<p>x</p>',
    ])
    expect(await page(markup`${fragment}${fragment}`).text()).toBe('<p>x</p><p>x</p>')
  })

  it('accepts a web stream of text, and cancels it when the client disconnects', async () => {
    let cancelled = false
    const texts = new ReadableStream<string>({
      start(controller) {
        controller.enqueue('<1>')
      },
      cancel() {
        cancelled = true
      },
    })
    const { read, cancel } = reader(markup`${texts}`)
    expect(await read()).toBe('&lt;1&gt;')
    await cancel()
    expect(cancelled).toBe(true)
  })

  it('has the same text as the fragment with all values settled', async () => {
    type Tree = string | number | null | readonly Tree[]
    const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
      ),
    }))
    const plain = (value: Tree): MarkupValue =>
      Array.isArray(value) ? markup`<i>${value.map(plain)}</i>` : value
    const late = (value: Tree, choose: () => number): MarkupValue => {
      const same = Array.isArray(value) ? markup`<i>${value.map((item) => late(item, choose))}</i>` : value
      switch (choose()) {
        case 0:
          return Promise.resolve(same)
        case 1:
          return turn().then(() => same)
        case 2:
          return new ReadableStream<MarkupValue>({
            start(controller) {
              controller.enqueue(same)
              controller.close()
            },
          })
        default:
          return same
      }
    }
    await fc.assert(
      fc.asyncProperty(tree, fc.infiniteStream(fc.nat(3)), async (tree, choices) => {
        const choose = () => choices.next().value
        expect(await page(markup`<${late(tree, choose)}>`).text()).toBe(String(markup`<${plain(tree)}>`))
      }),
    )
  })
})
