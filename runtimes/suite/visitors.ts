import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { cases, Visitor } from './site.ts'

export const cookies = cases('Cookies', {
  'each cookie has its own Set-Cookie field': async (site) => {
    const fields = (await site.fetch('/cookies', { method: 'POST' })).headers.getSetCookie()
    equal(fields.length, 3)
    match(fields[0]!, /^plain=a%20b%3B%C3%BC; .*HttpOnly/)
    match(fields[1]!, /^other=1; Max-Age=60/)
    match(fields[2]!, /^old=; .*Expires=Thu, 01 Jan 1970/)
  },
  'request cookies are decoded': async (site) => {
    const cookie = 'plain=a%20b%3B%C3%BC; other=1; __proto__=x; plain=second'
    deepEqual(await site.json('/cookies', { headers: { cookie } }), {
      plain: 'a b;ü',
      other: '1',
      ['__proto__']: 'x',
    })
  },
  'cookies are added to an immutable response': async (site) => {
    const response = await site.fetch('/cookies', { method: 'POST' })
    deepEqual([response.status, response.headers.get('location')], [303, 'http://example.test/next'])
  },
  'cookies are added to the response of a thrown error': async (site) => {
    match((await site.fetch('/errors/known')).headers.getSetCookie()[0] ?? '', /^seen=yes;/)
  },
  'a forged signed cookie is rejected': async (site) => {
    const visitor = new Visitor(site)
    await visitor.post('/sealed')
    deepEqual(await visitor.json('/sealed'), ['ada', 'to see the world'])
    const [header, claims = '', signature] = visitor.cookies.get('user')!.split('.')
    const forged = btoa(atob(claims).replace('ada', 'eve')).replaceAll('=', '')
    visitor.cookies.set('user', [header, forged, signature].join('.'))
    deepEqual(await visitor.json('/sealed'), [null, 'to see the world'])
  },
  'an encrypted cookie cannot be read or cut': async (site) => {
    const visitor = new Visitor(site)
    await visitor.post('/sealed')
    equal(
      /world/.test(
        visitor.cookies
          .get('plan')!
          .split('.')
          .map((part) => atob(part.replaceAll('-', '+').replaceAll('_', '/')))
          .join(),
      ),
      false,
    )
    visitor.cookies.set('plan', visitor.cookies.get('plan')!.slice(0, -2))
    deepEqual(await visitor.json('/sealed'), ['ada', null])
  },
})

export const sessions = cases('Sessions', {
  'requests of a visitor share a session': async (site) => {
    const visitor = new Visitor(site)
    for (const visit of [1, 2, 3]) equal(await visitor.json('/session/visit'), visit)
    equal(await new Visitor(site).json('/session/visit'), 1)
  },
  '20 concurrent updates all count': async (site) => {
    const visitor = new Visitor(site)
    await visitor.json('/session/visit')
    await Promise.all(Array.from({ length: 20 }, () => visitor.json('/session/visit')))
    deepEqual(await visitor.json('/session'), [null, 21])
  },
  'concurrent requests keep the writes of both': async (site) => {
    const visitor = new Visitor(site)
    await visitor.json('/session/visit')
    const id = crypto.randomUUID()
    await Promise.all([visitor.fetch(`/session/left/${id}`), visitor.fetch(`/session/right/${id}`)])
    deepEqual(await visitor.json('/session/sides'), [id, id])
  },
  'signing in changes the id, and the old one is invalid': async (site) => {
    const visitor = new Visitor(site)
    await visitor.json('/session/visit')
    const before = visitor.cookies.get('session')!
    await visitor.post('/session/sign-in')
    notEqual(visitor.cookies.get('session'), before)
    deepEqual(await visitor.json('/session'), ['ada', 1])
    visitor.cookies.set('session', before)
    deepEqual(await visitor.json('/session'), [null, 0])
  },
  'a message is shown once': async (site) => {
    const visitor = new Visitor(site)
    await visitor.post('/session/sign-in')
    deepEqual(await visitor.json('/session/flashes'), ['Welcome.'])
    deepEqual(await visitor.json('/session/flashes'), [])
  },
  'signing out ends the session': async (site) => {
    const visitor = new Visitor(site)
    await visitor.post('/session/sign-in')
    const before = visitor.cookies.get('session')!
    await visitor.post('/session/sign-out')
    equal(visitor.cookies.has('session'), false)
    visitor.cookies.set('session', before)
    deepEqual(await visitor.json('/session'), [null, 0])
  },
  'a session can be stored in a cookie': async (site) => {
    const visitor = new Visitor(site)
    for (const visit of [1, 2, 3]) equal(await visitor.json('/in-cookie'), visit)
    deepEqual([...visitor.cookies.keys()], ['kept'])
  },
})
