/** `startResponse` in PEP 3333. The table in the README names these tests. */
import { client } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { answering, failure, refusal, TEXT } from '../../test/wsgi.ts'
import { b } from '../contract/bytes.ts'
import type { StartResponse, WsgiApplication, WsgiEnviron } from '../contract/types.ts'
import { wsgi } from './wsgi.ts'

describe('startResponse', () => {
  it('returns write', async () => {
    let write: unknown
    const app: WsgiApplication = (_, startResponse) => {
      write = startResponse('200 OK', TEXT)
      return []
    }
    await client(wsgi(app)).get('/')
    expect(write).toBeTypeOf('function')
  })

  it('sets the status, reason and headers of the response', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      startResponse('418 Short and Stout', [
        ...TEXT,
        ['Set-Cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['X-A', '\xe9'],
      ])
      return [b`tea`]
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, response.statusText]).toEqual([418, 'Short and Stout'])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(response.headers.get('x-a')).toBe('\xe9')
  })

  it('copies the headers', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      const headers = [...TEXT]
      startResponse('200 OK', headers)
      headers.push(['X-Late', '1'])
      return []
    }
    expect((await client(wsgi(app)).get('/')).headers.has('x-late')).toBe(false)
  })

  it('rejects a malformed status immediately', async () => {
    expect(await refusal(200, TEXT)).toBe(`startResponse: the status must be like '200 OK', got 200`)
    expect(await refusal('OK', TEXT)).toContain(`the status must be like '200 OK', got "OK"`)
    expect(await refusal('200', TEXT)).toContain(`the status must be like '200 OK'`)
    expect(await refusal('200 OK\r\nX: y', TEXT)).toContain('the status must not have control characters')
    expect(await refusal('200 ✓', TEXT)).toContain('the status must not have characters above U+00FF')
    expect(await refusal('100 Continue', TEXT)).toBe(
      'startResponse: the status must be from 200 to 599, got 100',
    )
  })

  it('rejects malformed headers immediately', async () => {
    const field = (...header: unknown[]) => refusal('200 OK', [header])
    expect(await refusal('200 OK', { a: 'b' })).toContain('headers must be an array of [name, value]')
    expect(await field('X-A')).toContain('a header must be [name, value], got an array')
    expect(await field('X-A:', 'b')).toContain('a header name must be a token, got "X-A:"')
    expect(await field('', 'b')).toContain('a header name must be a token, got ""')
    expect(await field('X-A', 1)).toContain(`the value of 'X-A' must be a string, got 1`)
    expect(await field('X-A', 'b\r\nSet-Cookie: c=d')).toContain(`'X-A' must not have control characters`)
    expect(await field('X-A', 'b\n')).toContain(`'X-A' must not have control characters`)
    expect(await field('X-A', 'Ł')).toContain(`'X-A' must not have characters above U+00FF`)
    expect(await field('Status', '200')).toContain(`a header named 'Status' would be mistaken for the status`)
    expect(await field('Content-Length', '-1')).toContain('Content-Length must be decimal digits, got "-1"')
  })

  it('rejects hop-by-hop headers immediately, in upper or lower case', async () => {
    const names = [
      'Connection',
      'KEEP-ALIVE',
      'te',
      'Trailer',
      'Transfer-Encoding',
      'Upgrade',
      'Proxy-Connection',
    ]
    for (const name of names) {
      expect(await refusal('200 OK', [[name, 'x']])).toBe(
        `startResponse: '${name}' is hop-by-hop: only the server can send it`,
      )
    }
  })

  it('sends nothing before the first non-empty block', async () => {
    async function* app(_: WsgiEnviron, startResponse: StartResponse) {
      startResponse('200 OK', TEXT)
      yield b``
      yield b``
      startResponse('503 Changed My Mind', TEXT, new Error('late'))
      yield b`sorry`
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, await response.text()]).toEqual([503, 'sorry'])
  })

  it('can be called by the first iteration', async () => {
    const app = function* (_: WsgiEnviron, startResponse: StartResponse) {
      startResponse('202 Accepted', TEXT)
      yield b`later`
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, await response.text()]).toEqual([202, 'later'])
  })

  it('sends the head alone if the iterable has no blocks', async () => {
    for (const body of [[], [b``], [b``, b``]]) {
      const response = await client(wsgi(answering(() => body))).get('/')
      expect([response.status, response.headers.get('content-type'), response.body]).toEqual([
        200,
        'text/plain',
        null,
      ])
    }
  })

  it('replaces the head with excInfo if nothing was sent', async () => {
    const app: WsgiApplication = (_, startResponse) => {
      try {
        startResponse('200 OK', [...TEXT, ['X-First', '1']])
        throw new Error('broken')
      } catch (error) {
        startResponse('500 Oops', TEXT, error)
        return [b`oops`]
      }
    }
    const response = await client(wsgi(app)).get('/')
    expect([response.status, response.statusText, response.headers.get('x-first')]).toEqual([
      500,
      'Oops',
      null,
    ])
    expect(await response.text()).toBe('oops')
  })

  it('rethrows excInfo if the head was sent', async () => {
    const broken = new Error('broken')
    let thrown: unknown
    async function* app(_: WsgiEnviron, startResponse: StartResponse) {
      startResponse('200 OK', TEXT)
      yield b`partial`
      try {
        startResponse('500 Oops', TEXT, broken)
      } catch (error) {
        thrown = error
        throw error
      }
    }
    const response = await client(wsgi(app)).get('/')
    await expect(response.text()).rejects.toThrow('broken')
    expect(thrown).toBe(broken)
  })

  it('cannot be called twice without excInfo, even if the first call failed', async () => {
    const twice: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', TEXT)
      startResponse('200 OK', TEXT)
      return []
    }
    expect(await failure(twice)).toBe('startResponse was called a second time without excInfo')
    const refused: WsgiApplication = (_, startResponse) => {
      try {
        startResponse('wrong', TEXT)
      } catch {}
      startResponse('200 OK', TEXT)
      return []
    }
    expect(await failure(refused)).toBe('startResponse was called a second time without excInfo')
  })

  it('must be called, and before the first block', async () => {
    expect(await failure(() => [b`Hello`])).toBe('startResponse was not called')
    expect(await failure(() => [b`Hel`, b`lo`])).toBe('startResponse was not called')
    expect(await failure(() => [])).toBe('startResponse was not called')
    const refused: WsgiApplication = (_, startResponse) => {
      try {
        startResponse('wrong', TEXT)
      } catch {}
      return [b`Hello`]
    }
    expect(await failure(refused)).toBe('startResponse rejected its arguments and was not called again')
    const replaced: WsgiApplication = (_, startResponse) => {
      startResponse('200 OK', TEXT)
      try {
        startResponse('wrong', TEXT, new Error('broken'))
      } catch {}
      return [b`Hello`]
    }
    expect(await failure(replaced)).toBe('startResponse rejected its arguments and was not called again')
  })
})
