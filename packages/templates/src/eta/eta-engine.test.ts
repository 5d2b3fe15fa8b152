import { fileURLToPath } from 'node:url'
import { client } from '@tsgi/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TemplateError } from '../engine/template-error.ts'
import { markup, raw } from '../markup/markup.ts'
import { templates } from '../templates.ts'

const root = fileURLToPath(new URL('../../test-views/', import.meta.url))
const quiet = { write() {} }

/** What a request for the template is answered, and what is logged. */
async function render(name: string, data: object = {}) {
  const web = client(
    templates({ root })(({ render }) => render(name, data)),
    { errors: quiet },
  )
  const response = await web.get('/')
  return { status: response.status, text: await response.text(), errors: web.errors }
}

/** The error that a template fails with, after looking that the client is told nothing of it. */
async function failure(name: string, data?: object): Promise<TemplateError> {
  const { status, text, errors } = await render(name, data)
  expect(status).toBe(500)
  expect(text).toBe('{"type":"about:blank","title":"Internal Server Error","status":500}')
  expect(errors).toHaveLength(1)
  expect(errors[0]).toBeInstanceOf(TemplateError)
  return errors[0] as TemplateError
}

describe('values in a template', () => {
  it('are escaped, in text and in attributes', async () => {
    const { text } = await render('home', { items: [`<script>alert("x")</script>'&\``] })
    const escaped = '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;&#96;'
    expect(text).toContain(`<li title="${escaped}">${escaped}</li>`)
  })

  it('print nothing where there is nothing, and a fragment of markup as it is', async () => {
    const { text } = await render('values', { fragment: markup`<b>${'<'}</b>${raw('<hr>')}` })
    expect(text).toBe('[||0|false|<b>&lt;</b><hr>]\n')
  })

  it('may have any keys', async () => {
    const data = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2, "name": "Ada"}')
    expect((await render('home', data)).text).toContain('<h1>Hello Ada</h1>')
    expect({}).not.toHaveProperty('polluted')
  })

  it('never bring a tag or end an attribute, whatever they are', async () => {
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

describe('an error in a template', () => {
  it('names file and line, and shows the lines around', async () => {
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
    expect(error).toMatchObject({ code: 'failed', file: `${root}broken/deep.eta`, line: 3 })
    expect(error.cause).toBeInstanceOf(TypeError)
    expect(error.stack).toContain('broken/deep.eta:3')
  })

  it.each<[string, string, string, number, string, string[]]>([
    ['in an include', 'includes', 'deep', 3, 'failed', ['includes.eta:2']],
    ['in a layout', 'layout-fails', 'deep', 3, 'failed', ['layout-fails.eta:1']],
    ['far down a tag', 'far-down', 'far-down', 5, 'failed', []],
    ['in a block of a layout', 'in-block', 'in-block', 4, 'failed', []],
    ['in a function of another tag', 'function', 'function', 4, 'failed', []],
    ['that throws what is no error', 'throws', 'throws', 2, 'failed', []],
    ['for an include outside the root', 'leaves', 'leaves', 2, 'failed', []],
    ['for a layout that is not there', 'layout', 'layout', 2, 'failed', []],
    ['of JavaScript', 'code', 'code', 2, 'syntax', []],
    ['of JavaScript in an include', 'includes-code', 'code', 2, 'syntax', ['includes-code.eta:2']],
    ['of JavaScript far down a tag', 'block', 'block', 4, 'syntax', []],
    ['that an earlier line has too', 'repeated', 'repeated', 5, 'syntax', []],
    ['for a block that is not closed', 'open-block', 'open-block', 3, 'syntax', []],
    ['for a brace too many', 'extra-brace', 'extra-brace', 2, 'syntax', []],
    ['for a tag that is not closed', 'open-tag', 'open-tag', 2, 'syntax', []],
  ])('names file and line %s', async (_, name, file, line, code, from) => {
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
    ['throws', 'plain text'],
    ['layout', `There is no template "./nowhere": looked for ${root}broken/nowhere.eta`],
  ])('says what is wrong: %s', async (name, reason) => {
    expect((await failure(`broken/${name}`, { error: 'plain text' })).reason).toBe(reason)
  })
})
