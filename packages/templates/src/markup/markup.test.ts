import { plainParts } from '@tsgi/core/gateway'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Markup, type MarkupValue, markup, page, raw, type SettledMarkupValue } from './markup.ts'

describe('markup', () => {
  it('uses its own text unchanged and escapes its values', () => {
    const html = markup`<a title="${`"'\``}" href='/?a=1&amp;b=2'>${'<b>&</b>'}</a>`
    expect(String(html)).toBe(`<a title="&quot;&#39;&#96;" href='/?a=1&amp;b=2'>&lt;b&gt;&amp;&lt;/b&gt;</a>`)
    expectTypeOf(html).toEqualTypeOf<Markup>()
  })

  it('prints numbers, and nothing for null, undefined and booleans', () => {
    expect(String(markup`${0}|${-1.5}|${10n}|${null}|${undefined}|${true}|${false}|${''}|`)).toBe(
      '0|-1.5|10||||||',
    )
  })

  it('does not escape fragments again, at any depth', () => {
    let nested = markup`<i>${'&'}</i>`
    for (let depth = 0; depth < 3; depth++) nested = markup`<b>${nested}${[nested]}</b>`
    expect(String(nested)).not.toContain('&amp;amp;')
    expect(String(nested).match(/<i>&amp;<\/i>/g)).toHaveLength(8)
  })

  it('accepts arrays, nested ones too', () => {
    const items = ['<', [markup`<br>`, 1, [null, ['>']]]]
    expect(String(markup`[${items}]${[]}`)).toBe('[&lt;<br>1&gt;]')
  })

  it('accepts sync iterables, which it reads immediately', () => {
    function* rows() {
      yield markup`<br>`
      yield ['<', null]
    }
    const names = new Set(['Ada', '<Bob>'])
    const html = markup`${rows()}|${names}|${names.values()}`
    expect(String(html)).toBe('<br>&lt;|Ada&lt;Bob&gt;|Ada&lt;Bob&gt;')
    expect(String(html)).toBe(String(html))
  })

  it('closes a sync iterable that yields an invalid value', () => {
    const log: string[] = []
    function* rows() {
      try {
        yield 'row'
        yield new Date(0) as unknown as string
      } finally {
        log.push('closed')
      }
    }
    expect(() => markup`${rows()}`).toThrow('markup: an instance of Date cannot be put into HTML')
    expect(log).toEqual(['closed'])
  })

  it('accepts sync iterables of promises and of async iterables', async () => {
    async function* late() {
      yield '<'
    }
    const values = new Set([Promise.resolve('a'), late()])
    expect(await page(markup`<p>${values}</p>`).text()).toBe('<p>a&lt;</p>')
  })

  it('returns fragments that can be used any number of times', () => {
    const line = markup`<hr>`
    expect(String(markup`${line}a${line}`)).toBe('<hr>a<hr>')
    expect(String(line)).toBe('<hr>')
  })

  it('nests fragments thousands of levels deep', () => {
    let nested = markup`.`
    for (let depth = 0; depth < 20_000; depth++) nested = markup`(${nested})`
    expect(String(nested)).toHaveLength(40_001)
  })

  it('accepts any number of pending values', async () => {
    const many = Array.from({ length: 150_000 }, () => Promise.resolve('x'))
    expect((await page(markup`${markup`${many}`}`).text()).length).toBe(150_000)
  })

  it('accepts trusted HTML only through raw', () => {
    expect(String(markup`${raw('<b>')}`)).toBe('<b>')
    // @ts-expect-error raw takes a string
    expect(() => raw(['<b>'])).toThrow(TypeError)
  })

  it('throws if it is not used as a template tag, so that text cannot get through unescaped', () => {
    // @ts-expect-error a string is not a template
    expect(() => markup('<b>')).toThrow('use it as a template tag')
    // @ts-expect-error an array is not a template
    expect(() => markup(['<b>'], 'x')).toThrow(TypeError)
    expect(() => markup(JSON.parse('{"0": "<b>", "length": 1, "raw": ["<b>"]}'))).toThrow(TypeError)
  })

  it('throws if the template contains an invalid escape sequence', () => {
    expect(() => markup`\unicode`).toThrow('escape sequence')
  })

  it.each<[string, unknown]>([
    ['an object', { html: '<b>' }],
    ['an object without a prototype', Object.create(null)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['form data', new FormData()],
    ['bytes', new Uint8Array(1)],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
    ['a copy of a fragment', JSON.parse(JSON.stringify(markup`<b>`))],
    ['an object that prints itself', { toString: () => '<b>' }],
  ])('throws if a value is %s', async (_, value) => {
    expect(() => markup`${value as MarkupValue}`).toThrow(TypeError)
    expect(() => markup`${[[value as MarkupValue]]}`).toThrow(TypeError)
    await expect(page(markup`${Promise.resolve(value as MarkupValue)}`).text()).rejects.toThrow(TypeError)
  })

  it('only compiles with values that it accepts', () => {
    // @ts-expect-error a date is not accepted
    expect(() => markup`${new Date()}`).toThrow(TypeError)
    // @ts-expect-error a function is not accepted
    expect(() => markup`${() => 'x'}`).toThrow(TypeError)
    expectTypeOf<Awaited<MarkupValue>>().toEqualTypeOf<SettledMarkupValue>()
    expectTypeOf<string[]>().toExtend<MarkupValue>()
    expectTypeOf<Promise<readonly Markup[]>>().toExtend<MarkupValue>()
    expectTypeOf<AsyncGenerator<Markup | string>>().toExtend<MarkupValue>()
    expectTypeOf<Generator<Markup>>().toExtend<MarkupValue>()
    expectTypeOf<ReadonlySet<string>>().toExtend<MarkupValue>()
    expectTypeOf<Map<string, string>>().not.toExtend<MarkupValue>()
    expectTypeOf<URLSearchParams>().not.toExtend<MarkupValue>()
    expectTypeOf<Uint8Array>().not.toExtend<MarkupValue>()
  })

  it('has no text if it contains a promise or an async iterable', () => {
    const streamed = async function* () {}
    expect(() => String(markup`${Promise.resolve('x')}`)).toThrow('send it with page()')
    expect(() => `${markup`<p>${[streamed()]}</p>`}`).toThrow(TypeError)
  })

  it('never lets a value open a tag or end a quoted attribute', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'<>&"\'`=/;!- a') }),
      fc.constantFrom('</script>', '"><svg/onload=alert(1)>', "' onclick='x", '<!--', ']]>', '&lt;', '\0<'),
    )
    const entity = /&(?:amp|lt|gt|quot|#39|#96);/g
    fc.assert(
      fc.property(hostile, (value) => {
        const html = String(markup`<a title="${value}" alt='${value}'>${value}</a>`)
        const [, double, single, content] = /^<a title="([^"]*)" alt='([^']*)'>([^<]*)<\/a>$/.exec(
          html,
        ) as RegExpExecArray
        expect([single, content]).toEqual([double, double])
        expect(double?.replaceAll(entity, '')).not.toMatch(/[<>&"'`]/)
        const back: Record<string, string> = {
          '&amp;': '&',
          '&lt;': '<',
          '&gt;': '>',
          '&quot;': '"',
          '&#39;': "'",
          '&#96;': '`',
        }
        expect(double?.replace(entity, (each) => back[each] as string)).toBe(value)
      }),
    )
  })
})

describe('page', () => {
  it('returns a fragment as an HTML response', async () => {
    const web = client(() => page(markup`<p>${'<'}</p>`, { status: 201, headers: { 'x-a': 'b' } }))
    const response = await web.get('/')
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-a')).toBe('b')
    expect(await response.text()).toBe('<p>&lt;</p>')
  })

  it('returns a pending fragment with the same status and headers', async () => {
    const app = () => page(markup`<p>${Promise.resolve('<')}</p>`, { status: 201, headers: [['x-a', 'b']] })
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-a')).toBe('b')
    expect(await response.text()).toBe('<p>&lt;</p>')
  })

  it('streams only pending fragments', () => {
    expect(plainParts(page(markup`<p>${['a', markup`b`]}</p>`))?.body).toBe('<p>ab</p>')
  })

  it('keeps a content type from init', async () => {
    const headers = { 'content-type': 'image/svg+xml' }
    for (const value of ['a', Promise.resolve('a')]) {
      expect(page(markup`<svg>${value}</svg>`, { headers }).headers.get('content-type')).toBe('image/svg+xml')
    }
  })

  it('accepts an empty fragment', async () => {
    expect(await page(markup``).text()).toBe('')
    expect(await page(markup`${Promise.resolve(null)}`).text()).toBe('')
  })

  it('throws if its argument is not a fragment', () => {
    // @ts-expect-error text is not a fragment
    expect(() => page('<b>')).toThrow(TypeError)
  })
})
