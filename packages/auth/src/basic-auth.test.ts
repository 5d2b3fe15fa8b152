import { HttpError, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { type BasicAuthOptions, basicAuth } from './index.ts'

const utf8 = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`
const site = (verify: BasicAuthOptions<string>['verify'], realm = 'Area') =>
  client(basicAuth({ realm, verify })(({ user }) => text(user)))
const echo = (name: string, password: string) => `${name}|${password}`
const send = async (browser: ReturnType<typeof site>, authorization?: string) => {
  const response = await browser.get('/', { headers: authorization === undefined ? {} : { authorization } })
  return response.status === 200 ? await response.text() : response.status
}

describe('basicAuth', () => {
  it.each([
    ['ada:secret', 'ada|secret'],
    ['ada:', 'ada|'],
    [':secret', '|secret'],
    ['ada:a:b', 'ada|a:b'],
    ['ädä:pässwörd', 'ädä|pässwörd'],
    // Decomposed, as typed on some keyboards.
    ['a\u0308:p\u0308', 'ä|p̈'],
  ])('passes the name and the password of %j', async (credentials, seen) => {
    expect(await send(site(echo), utf8(credentials))).toBe(seen.normalize('NFC'))
  })

  it('accepts any case of the scheme and several spaces', async () => {
    expect(await send(site(echo), utf8('ada:secret').replace('Basic ', 'bASIC   '))).toBe('ada|secret')
  })

  it.each([
    [undefined],
    ['Basic'],
    ['Basic '],
    ['Basic !!!'],
    [`Basic ${btoa('no colon')}`],
    [`Basic ${btoa('ada:\xff\xfe')}`],
    [`Basic ${btoa('ada:a\0b')}`],
    [`Bearer ${btoa('ada:secret')}`],
    [`Basic ${btoa('ada:secret')}, Basic ${btoa('eve:secret')}`],
  ])('asks for credentials if the field is %j, without a call of verify', async (field) => {
    const verify = vi.fn(echo)
    expect(await send(site(verify), field)).toBe(401)
    expect(verify).not.toHaveBeenCalled()
  })

  it('rejects a long field without spending much time on it', async () => {
    expect(await send(site(echo), `Basic ${' '.repeat(100_000)}!`)).toBe(401)
  })

  it.each([[undefined], [null], [false], ['']])(
    'rejects a user name and a password for which verify returns %j',
    async (none) => {
      const app = vi.fn(() => text('secret'))
      const browser = client(basicAuth({ realm: 'Area', verify: async () => none })(app))
      expect(await send(browser, utf8('ada:wrong'))).toBe(401)
      expect(app).not.toHaveBeenCalled()
    },
  )

  it('accepts a verify that returns true or false', async () => {
    const verify = (_: string, password: string) => password === 'secret'
    const browser = client(basicAuth({ realm: 'Area', verify })(({ user }) => text(`${user satisfies true}`)))
    expect(await send(browser, utf8('ada:secret'))).toBe('true')
    expect(await send(browser, utf8('ada:wrong'))).toBe(401)
  })

  it('gives the same response to a wrong name and a wrong password', async () => {
    const verify = vi.fn(() => undefined)
    const responses = await Promise.all(
      ['ada:wrong', 'nobody:wrong'].map((each) =>
        site(verify).get('/', { headers: { authorization: utf8(each) } }),
      ),
    )
    const [first, second] = await Promise.all(
      responses.map(async (response) => [response.status, [...response.headers], await response.text()]),
    )
    expect(first).toEqual(second)
    expect(verify).toHaveBeenCalledTimes(2)
  })

  it('escapes the realm', async () => {
    const response = await site(echo, 'The "inner" \\ area').get('/')
    expect(response.headers.get('www-authenticate')).toBe(
      'Basic realm="The \\"inner\\" \\\\ area", charset="UTF-8"',
    )
  })

  it('lets errors of verify through', async () => {
    const failing = site(() => {
      throw new HttpError(503, 'The directory is down.')
    })
    expect(await send(failing, utf8('ada:secret'))).toBe(503)
  })

  it.each<[Record<string, unknown>, string]>([
    [{ verify: echo }, 'basicAuth: realm must be printable ASCII, got undefined'],
    [{ verify: echo, realm: 'Bücher' }, 'basicAuth: realm must be printable ASCII, got "Bücher"'],
    [{ verify: echo, realm: 'a\r\nb' }, 'basicAuth: realm must be printable ASCII'],
    [{ realm: 'Area' }, 'basicAuth: verify must be a function, got undefined'],
    [{ realm: 'Area', verify: echo, users: {} }, "basicAuth: unknown option 'users'"],
  ])('rejects %j', (options, message) => {
    expect(() => basicAuth(options as never)).toThrow(message)
  })
})
