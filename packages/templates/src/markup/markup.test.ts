import { plainParts } from '@tsgi/core/gateway'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Markup, type MarkupValue, markup, page, raw, type SettledValue } from './markup.ts'

describe('markup', () => {
  it('takes its own text as it is and escapes its values', () => {
    const html = markup`<a title="${`"'\``}" href='/?a=1&amp;b=2'>${'<b>&</b>'}</a>`
    expect(String(html)).toBe(`<a title="&quot;&#39;&#96;" href='/?a=1&amp;b=2'>&lt;b&gt;&amp;&lt;/b&gt;</a>`)
    expectTypeOf(html).toEqualTypeOf<Markup>()
  })

  it('prints numbers, and nothing for null, undefined and booleans', () => {
    expect(String(markup`${0}|${-1.5}|${10n}|${null}|${undefined}|${true}|${false}|${''}|`)).toBe(
      '0|-1.5|10||||||',
    )
  })

  it('does not escape a fragment again, however deep', () => {
    let nested = markup`<i>${'&'}</i>`
    for (let depth = 0; depth < 3; depth++) nested = markup`<b>${nested}${[nested]}</b>`
    expect(String(nested)).not.toContain('&amp;amp;')
    expect(String(nested).match(/<i>&amp;<\/i>/g)).toHaveLength(8)
  })

  it('takes lists, of lists too', () => {
    const items = ['<', [markup`<br>`, 1, [null, ['>']]]]
    expect(String(markup`[${items}]${[]}`)).toBe('[&lt;<br>1&gt;]')
  })

  it('makes fragments that can be used again and again', () => {
    const line = markup`<hr>`
    expect(String(markup`${line}a${line}`)).toBe('<hr>a<hr>')
    expect(String(line)).toBe('<hr>')
  })

  it('nests thousands of fragments deep', () => {
    let nested = markup`.`
    for (let depth = 0; depth < 20_000; depth++) nested = markup`(${nested})`
    expect(String(nested)).toHaveLength(40_001)
  })

  it('holds any number of values that are still to come', async () => {
    const many = Array.from({ length: 150_000 }, () => Promise.resolve('x'))
    expect((await page(markup`${markup`${many}`}`).text()).length).toBe(150_000)
  })

  it('takes trusted HTML only through raw', () => {
    expect(String(markup`${raw('<b>')}`)).toBe('<b>')
    // @ts-expect-error raw takes a string
    expect(() => raw(['<b>'])).toThrow(TypeError)
  })

  it('is called as a tag only, so that no text is let through', () => {
    // @ts-expect-error a string is no template
    expect(() => markup('<b>')).toThrow('tag for templates')
    // @ts-expect-error a list is no template
    expect(() => markup(['<b>'], 'x')).toThrow(TypeError)
    expect(() => markup(JSON.parse('{"0": "<b>", "length": 1, "raw": ["<b>"]}'))).toThrow(TypeError)
  })

  it('refuses a template with an escape sequence that is not valid', () => {
    expect(() => markup`\unicode`).toThrow('escape sequence')
  })

  it.each<[string, unknown]>([
    ['an object', { html: '<b>' }],
    ['an object without a prototype', Object.create(null)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a function', () => 'x'],
    ['a symbol', Symbol('x')],
    ['a copy of a fragment', JSON.parse(JSON.stringify(markup`<b>`))],
    ['an object that prints itself', { toString: () => '<b>' }],
  ])('refuses %s as a value', async (_, value) => {
    expect(() => markup`${value as MarkupValue}`).toThrow(TypeError)
    expect(() => markup`${[[value as MarkupValue]]}`).toThrow(TypeError)
    await expect(page(markup`${Promise.resolve(value as MarkupValue)}`).text()).rejects.toThrow(TypeError)
  })

  it('knows in its types what a value may be', () => {
    // @ts-expect-error a date is no value
    expect(() => markup`${new Date()}`).toThrow(TypeError)
    // @ts-expect-error a function is no value
    expect(() => markup`${() => 'x'}`).toThrow(TypeError)
    expectTypeOf<Awaited<MarkupValue>>().toEqualTypeOf<SettledValue>()
    expectTypeOf<string[]>().toExtend<MarkupValue>()
    expectTypeOf<Promise<readonly Markup[]>>().toExtend<MarkupValue>()
    expectTypeOf<AsyncGenerator<Markup | string>>().toExtend<MarkupValue>()
    expectTypeOf<Uint8Array>().not.toExtend<MarkupValue>()
  })

  it('has no text while it holds a promise or an async iterable', () => {
    const streamed = async function* () {}
    expect(() => String(markup`${Promise.resolve('x')}`)).toThrow('send it with page()')
    expect(() => `${markup`<p>${[streamed()]}</p>`}`).toThrow(TypeError)
  })

  it('lets no value bring a tag or end a quoted attribute', () => {
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
  it('sends a fragment as HTML', async () => {
    const web = client(() => page(markup`<p>${'<'}</p>`, { status: 201, headers: { 'x-a': 'b' } }))
    const response = await web.get('/')
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-a')).toBe('b')
    expect(await response.text()).toBe('<p>&lt;</p>')
  })

  it('sends a fragment that is still to come with the same head', async () => {
    const app = () => page(markup`<p>${Promise.resolve('<')}</p>`, { status: 201, headers: [['x-a', 'b']] })
    const response = await client(app).get('/')
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-a')).toBe('b')
    expect(await response.text()).toBe('<p>&lt;</p>')
  })

  it('streams only what is still to come', () => {
    expect(plainParts(page(markup`<p>${['a', markup`b`]}</p>`))?.body).toBe('<p>ab</p>')
  })

  it('leaves a content type that was given', async () => {
    const headers = { 'content-type': 'image/svg+xml' }
    for (const value of ['a', Promise.resolve('a')]) {
      expect(page(markup`<svg>${value}</svg>`, { headers }).headers.get('content-type')).toBe('image/svg+xml')
    }
  })

  it('sends an empty fragment', async () => {
    expect(await page(markup``).text()).toBe('')
    expect(await page(markup`${Promise.resolve(null)}`).text()).toBe('')
  })

  it('takes nothing but a fragment', () => {
    // @ts-expect-error text is no fragment
    expect(() => page('<b>')).toThrow(TypeError)
  })
})
