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
})
