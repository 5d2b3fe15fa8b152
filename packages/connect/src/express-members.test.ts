import { mount } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import type { Response as ExpressResponse, Request } from 'express'
import { describe, expect, it } from 'vitest'
import { hello, quiet } from '../test/helpers.ts'
import { type ConnectMiddleware, connect } from './index.ts'

type Handler = (req: Request, res: ExpressResponse) => unknown

async function ask(handler: Handler, path = '/', init = {}): Promise<Response> {
  const web = client(connect(handler as ConnectMiddleware)(hello), quiet)
  const response = await web.get(path, init)
  if (response.status >= 500) throw web.errors[0]
  return response
}

describe('the request has the members of Express that middleware reads:', () => {
  async function value(read: (req: Request) => unknown, path = '/', init = {}): Promise<unknown> {
    let result: unknown
    await ask(
      (req, res) => {
        result = read(req)
        res.end()
      },
      path,
      init,
    )
    return result
  }

  it.each<[string, (req: Request) => unknown, unknown]>([
    ['ip', (req) => req.ip, '127.0.0.1'],
    ['ips', (req) => req.ips, []],
    ['protocol', (req) => req.protocol, 'https'],
    ['secure', (req) => req.secure, true],
    ['host', (req) => req.host, 'example.org:8443'],
    ['hostname', (req) => req.hostname, 'example.org'],
    ['path', (req) => req.path, '/a/b'],
    ['query', (req) => ({ ...req.query }), { q: '1', r: ['2', '3'] }],
    ['originalUrl', (req) => req.originalUrl, '/a/b?q=1&r=2&r=3'],
    ['baseUrl', (req) => req.baseUrl, ''],
    ['params', (req) => req.params, {}],
    ['xhr', (req) => req.xhr, true],
    ['get', (req) => req.get('X-Requested-With'), 'XMLHttpRequest'],
    ['get("Referrer")', (req) => req.get('Referrer'), 'https://example.org/'],
    ['header', (req) => req.header('x-requested-with'), 'XMLHttpRequest'],
    ['app.get', (req) => req.app.get('trust proxy'), undefined],
    ['app.enabled', (req) => req.app.enabled('trust proxy'), false],
  ])('%s', async (_, read, expected) => {
    const headers = { 'x-requested-with': 'XMLHttpRequest', referer: 'https://example.org/' }
    expect(await value(read, 'https://example.org:8443/a/b?q=1&r=2&r=3', { headers })).toEqual(expected)
  })

  it('baseUrl and path, inside a mount', async () => {
    let seen: unknown
    const look = connect(((req: Request, res: ExpressResponse) => {
      seen = [req.baseUrl, req.path, req.originalUrl]
      res.end()
    }) as ConnectMiddleware)
    await client(mount('/in', look(hello))(hello)).get('/in/side?x')
    expect(seen).toEqual(['/in', '/side', '/in/side?x'])
  })

  it('members that middleware can replace', async () => {
    const replaced = await value((req) => {
      Object.assign(req, { query: { a: 1 }, ip: '192.0.2.1' })
      return [req.query, req.ip]
    })
    expect(replaced).toEqual([{ a: 1 }, '192.0.2.1'])
  })
})

describe('the response has the members of Express that middleware calls:', () => {
  it.each<[string, Handler, number, string | null, string]>([
    ['send of text', (_, res) => res.send('<p>'), 200, 'text/html; charset=utf-8', '<p>'],
    ['send of bytes', (_, res) => res.send(Buffer.from('?')), 200, 'application/octet-stream', '?'],
    ['send of an object', (_, res) => res.send({ a: 1 }), 200, 'application/json; charset=utf-8', '{"a":1}'],
    ['send of nothing', (_, res) => res.send(), 200, null, ''],
    ['json', (_, res) => res.status(201).json(['é']), 201, 'application/json; charset=utf-8', '["é"]'],
    ['json with a type', (_, res) => res.type('a/b').json(null), 200, 'a/b', 'null'],
    [
      'sendStatus',
      (_, res) => res.sendStatus(422),
      422,
      'text/plain; charset=utf-8',
      'Unprocessable Content',
    ],
    ['type', (_, res) => res.type('.css').send('a{}'), 200, 'text/css; charset=utf-8', 'a{}'],
    ['status 204', (_, res) => res.status(204).send('text'), 204, null, ''],
  ])('%s', async (_, handler, status, type, body) => {
    const response = await ask(handler)
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      status,
      type,
      body,
    ])
  })

  it('set, header, append, get, vary, location and locals', async () => {
    const response = await ask((_req, res) => {
      res
        .set('X-One', '1')
        .set({ 'X-Two': '2', 'X-List': ['a', 'b'] })
        .header('X-Three', '3')
      res.append('X-One', 'more').vary('Origin').vary('origin').vary('Accept').location('/ä?b=%20')
      res.locals.name = String(res.get('X-Two'))
      res.send(res.locals.name)
    })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-one': '1, more',
      'x-two': '2',
      'x-three': '3',
      'x-list': 'a, b',
      vary: 'origin, Accept',
      location: '/%C3%A4?b=%20',
    })
    expect(await response.text()).toBe('2')
  })

  it('members that reject invalid arguments', async () => {
    await expect(ask((_req, res) => res.status('200' as never))).rejects.toThrow(
      'res.status: the status must be a whole number from 100 to 999, got 200',
    )
    await expect(ask((_req, res) => res.type('docx'))).rejects.toThrow(
      "res.type: 'docx' is unknown: use a media type such as 'text/csv'",
    )
  })
})
