import { fileURLToPath } from 'node:url'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TemplateError, templates } from '../index.ts'
import { markup, raw } from '../markup/markup.ts'

const root = fileURLToPath(new URL('../../test-views/', import.meta.url))
const quiet = { write() {} }

/** Returns the response to a request for the template, and the errors that were logged. */
async function render(name: string, data: object = {}) {
  const web = client(
    templates({ root })(({ render }) => render(name, data)),
    { errors: quiet },
  )
  const response = await web.get('/')
  return { status: response.status, text: await response.text(), errors: web.errors }
}

/** Returns the error that a template fails with, and checks that the response reveals nothing about it. */
async function failure(name: string, data?: object): Promise<TemplateError> {
  const { status, text, errors } = await render(name, data)
  expect(status).toBe(500)
  expect(text).toBe('{"type":"about:blank","title":"Internal Server Error","status":500}')
  expect(errors).toHaveLength(1)
  expect(errors[0]).toBeInstanceOf(TemplateError)
  return errors[0] as TemplateError
}

describe('a value in a template', () => {
  it('is escaped, in text and in attributes', async () => {
    const { text } = await render('home', { items: [`<script>alert("x")</script>'&\``] })
    const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;&#96;'
    expect(text).toContain(`<li title="${escaped}">${escaped}</li>`)
  })

  it('prints nothing if it is null or undefined, and as HTML if it is a fragment of markup', async () => {
    const { text } = await render('values', { fragment: markup`<b>${'<'}</b>${raw('<hr>')}` })
    expect(text).toBe('[||0|false|<b>&lt;</b><hr>]\n')
  })

  it('can have any name', async () => {
    const data = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "name": "Ada"}')
    expect((await render('home', data)).text).toContain('<h1>Hello Ada</h1>')
    expect({}).not.toHaveProperty('polluted')
  })

  it('never opens a tag or ends an attribute', async () => {
    const app = templates<{ home: { items: string[] } }>({ root, reload: false })
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: fc.constantFrom(...'<>&"\'`=/a ') }),
        async (a, b) => {
          const text = await (
            await client(app(({ render }) => render('home', { items: [a + b] }))).get('/')
          ).text()
          const [, attribute, content] = /<li title="(.*)">(.*)<\/li>/s.exec(text) as RegExpExecArray
          expect(attribute).not.toMatch(/[<>"'`]/)
          expect(content).toBe(attribute)
        },
      ),
    )
  })
})

describe('<%= value %> and <%~ value %>', () => {
  const both = async (value: unknown) => [
    (await render('print', { value })).text,
    (await render('print-raw', { value })).text,
  ]
  const row = (name: string) => markup`<li>${name}</li>`
  function* rowsOf(names: readonly string[]) {
    for (const name of names) yield row(name)
  }

  it('print a list of markup fragments as HTML', async () => {
    const rows = '<li>Ada</li><li>&lt;Bob&gt;</li>'
    for (const list of [
      ['Ada', '<Bob>'].map(row),
      [[row('Ada')], null, false, [row('<Bob>')]],
      new Set([row('Ada'), row('<Bob>')]),
      rowsOf(['Ada', '<Bob>']),
    ]) {
      expect((await render('print', { value: list })).text).toBe(`text\n${rows}`)
    }
    expect((await render('print-raw', { value: ['<b>', row('Ada')] })).text).toBe('text\n<b><li>Ada</li>')
    expect((await render('print', { value: ['<b>', row('Ada')] })).text).toBe('text\n&lt;b&gt;<li>Ada</li>')
  })

  it.each([
    ['a list of texts', ['a', '<b>', null, 1], 'a,&lt;b&gt;,,1', 'a,<b>,,1'],
    ['a set', new Set(['a', 'b']), 'a,b', 'a,b'],
    ['an empty list', [], '', ''],
    ['null', null, '', ''],
    ['false', false, 'false', 'false'],
    ['a number', 1.5, '1.5', '1.5'],
    ['a big integer', 10n, '10', '10'],
    ['a URL', new URL('http://a/?b=<'), 'http://a/?b=%3C', 'http://a/?b=%3C'],
    ['an object with a toString', { toString: () => '<b>' }, '&lt;b&gt;', '<b>'],
    ['a fragment', markup`<b>`, '<b>', '<b>'],
  ])('print %s', async (_, value, escaped, raw) => {
    expect(await both(value)).toEqual([`text\n${escaped}`, `text\n${raw}`])
  })

  async function* texts() {
    yield 'x'
  }
  const promise = 'A template cannot print a promise: await it before you call render'
  it.each<[string, unknown, string]>([
    ['a promise', Promise.resolve('x'), promise],
    ['a promise in a list', ['x', [Promise.resolve('x')]], promise],
    ['a thenable', Object.fromEntries([['then', () => {}]]), promise],
    ['a function', () => 'x', 'A template cannot print a function: call it'],
    ['an object', { name: 'Ada' }, 'cannot print an instance of Object: it has no text of its own'],
    ['an async iterable', texts(), 'it has no text of its own'],
    ['a fragment that is pending', markup`${Promise.resolve('x')}`, 'has no text yet'],
  ])('fail if the value is %s', async (_, value, message) => {
    for (const name of ['print', 'print-raw']) {
      const error = await failure(name, { value })
      expect(error.reason).toContain(message)
      expect(error).toMatchObject({ code: 'runtime', file: `${root}${name}.eta`, line: 2 })
    }
  })

  it('may end with a line comment in a raw tag', async () => {
    expect((await render('commented', { value: '<b>' })).text).toBe('<b>')
  })
})

describe('a template that includes itself', () => {
  it.each(['itself', 'ping', 'own-layout'])('fails with a clear and short error: %s', async (name) => {
    for (const reload of [true, false]) {
      const web = client(
        templates({ root, reload })(({ render }) => render(`nested/${name}`)),
        { errors: quiet },
      )
      expect((await web.get('/')).status).toBe(500)
      const error = web.errors[0] as TemplateError
      expect(error.reason).toBe('Templates are nested more than 100 deep: does a template include itself?')
      expect(error).toMatchObject({ code: 'runtime', line: 1 })
      expect(error.message.split('\n').at(-1)).toMatch(/^ {2}and \d+ more$/)
      expect(error.message.length).toBeLessThan(2000)
    }
  })

  it('renders if its data ends the recursion', async () => {
    const leaf = { name: 'leaf', children: [] }
    const { text } = await render('nested/tree', { name: 'root', children: [leaf, leaf] })
    expect(text).toBe('<li>root<ul><li>leaf</li></ul><ul><li>leaf</li></ul></li>')
  })

  it('renders up to 100 levels deep', async () => {
    const nest = (depth: number): object => ({ name: depth, children: depth === 1 ? [] : [nest(depth - 1)] })
    expect((await render('nested/tree', nest(100))).text.match(/<li>/g)).toHaveLength(100)
    expect((await failure('nested/tree', nest(101))).reason).toContain('more than 100 deep')
  })
})

describe('an error in a template', () => {
  it('is reported with file, line and the lines around it', async () => {
    const error = await failure('broken/deep')
    expect(error.message).toBe(
      [
        `${root}broken/deep.eta:3: Cannot read properties of undefined (reading 'name')`,
        '',
        '    1 | deep',
        '    2 | ',
        '  > 3 | <%= it.user.name %>',
        '    4 | ',
      ].join('\n'),
    )
    expect(error).toMatchObject({ code: 'runtime', file: `${root}broken/deep.eta`, line: 3 })
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.stack).toContain('broken/deep.eta:3')
  })

  it.each<[string, string, string, number, string, string[]]>([
    ['in an include', 'includes', 'deep', 3, 'runtime', ['includes.eta:2']],
    ['in a layout', 'layout-fails', 'deep', 3, 'runtime', ['layout-fails.eta:1']],
    ['far down a tag', 'far-down', 'far-down', 5, 'runtime', []],
    ['in a block of a layout', 'in-block', 'in-block', 4, 'runtime', []],
    ['in a function of another tag', 'function', 'function', 4, 'runtime', []],
    ['for a thrown value that is not an error', 'throws', 'throws', 2, 'runtime', []],
    ['for an include outside the root', 'leaves', 'leaves', 2, 'runtime', []],
    ['for a layout that does not exist', 'layout', 'layout', 2, 'runtime', []],
    ['for invalid JavaScript', 'code', 'code', 2, 'syntax', []],
    ['for invalid JavaScript in an include', 'includes-code', 'code', 2, 'syntax', ['includes-code.eta:2']],
    ['for invalid JavaScript far down a tag', 'block', 'block', 4, 'syntax', []],
    ['for code that an earlier line has, too', 'repeated', 'repeated', 5, 'syntax', []],
    ['for await', 'await', 'await', 2, 'syntax', []],
    ['for await in a raw tag', 'await-raw', 'await-raw', 2, 'syntax', []],
    ['for a loop that awaits', 'for-await', 'for-await', 2, 'syntax', []],
    ['for includeAsync', 'include-async', 'include-async', 2, 'runtime', []],
    ['for a block that is not closed', 'open-block', 'open-block', 3, 'syntax', []],
    ['for an extra brace', 'extra-brace', 'extra-brace', 2, 'syntax', []],
    ['for a tag that is not closed', 'open-tag', 'open-tag', 2, 'syntax', []],
  ])('is reported with file and line %s', async (_, name, file, line, code, from) => {
    const error = await failure(`broken/${name}`, { error: 'plain text' })
    expect(error).toMatchObject({ code, file: `${root}broken/${file}.eta`, line })
    expect(error.message.split('\n')[0]).toBe(`${root}broken/${file}.eta:${line}: ${error.reason}`)
    expect(error.message).toMatch(new RegExp(`^ {2}> ${line} \\| `, 'm'))
    const places = error.message.split('\n').filter((text) => text.startsWith('  included from '))
    expect(places).toEqual(from.map((place) => `  included from ${root}broken/${place}`))
  })

  it.each([
    ['code', 'missing ) after argument list'],
    ['block', "Unexpected token ';'"],
    ['open-block', 'The blocks or brackets that the tags open and close do not match'],
    ['extra-brace', 'The blocks or brackets that the tags open and close do not match'],
    ['open-tag', 'unclosed tag'],
    ['await', 'A template cannot use await: await in the handler and pass the result to render'],
    ['await-raw', 'A template cannot use await: await in the handler and pass the result to render'],
    ['for-await', 'A template cannot use await: await in the handler and pass the result to render'],
    ['include-async', 'includeAsync is not available: templates render synchronously. Use include'],
    ['throws', 'plain text'],
    ['include-nothing', 'The name of a template must be text, got undefined'],
    ['layout', `There is no template "./nowhere": looked for ${root}broken/nowhere.eta`],
  ])('is explained: %s', async (name, reason) => {
    expect((await failure(`broken/${name}`, { error: 'plain text' })).reason).toBe(reason)
  })
})
