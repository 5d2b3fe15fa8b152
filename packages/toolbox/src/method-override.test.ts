import { type Application, json, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { csrf } from '@tsgi/csrf'
import { router } from '@tsgi/router'
import { describe, expect, it } from 'vitest'
import { type MethodOverrideOptions, methodOverride } from './index.ts'

const seen: Application = ({ method }) => text(method)
const post = async (path: string, options?: MethodOverrideOptions, headers: Record<string, string> = {}) => {
  const response = await client(methodOverride(options)(seen)).post(path, { headers })
  return response.status === 200 ? response.text() : response.status
}

describe('methodOverride', () => {
  it.each([
    ['/?_method=DELETE', 'DELETE'],
    ['/?_method=put', 'PUT'],
    ['/?a=1&_method=Patch&b=2', 'PATCH'],
    ['/', 'POST'],
    ['/?method=DELETE', 'POST'],
    ['/?_method=GET', 400],
    ['/?_method=HEAD', 400],
    ['/?_method=QUERY', 400],
    ['/?_method=', 400],
    ['/?_method=%FF%00', 400],
    ['/?_method=PUT&_method=DELETE', 400],
  ])('reads the method of a POST from the query: %s', async (path, expected) => {
    expect(await post(path)).toBe(expected)
  })

  it('reads the method from a header if asked to', async () => {
    const headers = { 'x-http-method-override': 'DELETE' }
    expect(await post('/', {}, headers)).toBe('POST')
    const options = { header: 'X-HTTP-Method-Override' }
    expect(await post('/', options, headers)).toBe('DELETE')
    expect(await post('/?_method=PUT', options, headers)).toBe(400)
    expect(await post('/?_method=PUT', { ...options, query: false })).toBe('POST')
    expect(await post('/?verb=PUT', { query: 'verb' })).toBe('PUT')
  })

  it('changes no method but POST', async () => {
    const web = client(methodOverride()(seen))
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      expect(await (await web.request(method, '/?_method=PATCH')).text()).toBe(method)
    }
    expect((await web.head('/?_method=DELETE')).status).toBe(200)
  })

  it('leaves the body to the application, whatever its type', async () => {
    const routes = router({ '/a': { DELETE: async ({ request }) => json(await request.text()) } })
    const web = client(methodOverride()(routes))
    const form = await web.post('/a?_method=DELETE', { form: { id: '7' } })
    expect(await form.json()).toBe('id=7')
    const response = await web.post('/a?_method=DELETE', { body: new Blob(['streamed']).stream() })
    expect(await response.json()).toBe('streamed')
  })

  it('does not change the environ of the layers outside', async () => {
    let outside = ''
    const web = client((environ) => {
      const response = methodOverride()(seen)(environ)
      outside = environ.method
      return response
    })
    expect(await (await web.post('/?_method=PUT')).text()).toBe('PUT')
    expect(outside).toBe('POST')
  })

  it('does not get a request past csrf, in any order', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' }
    for (const web of [stack(csrf(), methodOverride()), stack(methodOverride(), csrf())]) {
      for (const method of ['DELETE', 'GET']) {
        const response = await client(web(seen)).post(`/?_method=${method}`, { headers })
        expect(response.status).toBeGreaterThanOrEqual(400)
      }
    }
  })

  it.each([
    [{ query: '' }, 'methodOverride: query must be the name of a parameter or false, got ""'],
    [{ query: true }, 'methodOverride: query must be'],
    [{ header: 'a b' }, 'methodOverride: header must be the name of a header or false, got "a b"'],
    [{ headers: 'x' }, "did you mean 'header'?"],
  ] as [MethodOverrideOptions, string][])('checks its options when it is created: %j', (options, message) => {
    expect(() => methodOverride(options)).toThrow(message)
  })
})
