import { client } from '@tsgi/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { failed } from './development.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

/** Returns an error with a member that throws when it is read. */
function unreadable(member: string): Error {
  return Object.defineProperty(new Error('the message'), member, {
    get() {
      throw new Error(`no ${member}`)
    },
  })
}

const revoked = Proxy.revocable({}, {})
revoked.revoke()

describe('the error page of tsgi dev', () => {
  it.each([
    ['a proxy that has been revoked', revoked.proxy, 'an object that throws when it is read\n'],
    ['an error whose stack throws', unreadable('stack'), 'the message\n'],
    [
      'an error whose stack is a symbol',
      Object.assign(new Error('the message'), { stack: Symbol() }),
      'the message\n',
    ],
  ])('is a text about %s', async (_, thrown, page) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const web = client(failed(thrown))
    for (const accept of ['text/html', '*/*']) {
      const response = await web.get('/', { headers: { accept } })
      expect(response.status).toBe(500)
      expect(await response.text()).toBe(page)
    }
  })

  it('cuts off a long message, and keeps the stack', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const web = client(failed(new Error('x$&'.repeat(1_000_000), { cause: 'the cause' })))
    const page = await (await web.get('/', { headers: { accept: 'text/html' } })).text()
    expect(page.length).toBeLessThan(300_000)
    expect(page).toContain('the cause')
    const text = await (await web.get('/', { headers: { accept: '*/*' } })).text()
    expect(text.length).toBeLessThan(60_000)
    expect(text).toMatch(/^Error: x\$&x.*\$&x…\n +at .*development\.test\.ts/)
  })
})
