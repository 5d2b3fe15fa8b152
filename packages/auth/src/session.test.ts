import { cookies } from '@tsgi/cookies'
import { redirect, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { router } from '@tsgi/router'
import { type Session, session } from '@tsgi/session'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { nextPath, signedIn, signIn, signOut } from './session.ts'

const users = new Map([['7', { name: 'Ada' }]])
const web = stack(cookies(), session({ secrets: 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo' }))
const account = signedIn({ load: (id) => users.get(id), signInPath: '/sign-in' })
const application = router(web, {
  '/visit': ({ session }) => {
    session.set('seen', true)
    return text('')
  },
  '/sign-in/:id': {
    POST: (environ) => {
      signIn(environ, environ.params.id)
      return redirect(nextPath(environ), 303)
    },
  },
  '/sign-out': {
    POST: (environ) => {
      signOut(environ)
      return redirect('/', 303)
    },
  },
  '/account': account(({ user }) => text(user.name)),
})
const page = { headers: { accept: 'text/html' }, redirect: 'manual' } as const

describe('signIn, signedIn and signOut', () => {
  it('sign a visitor in and out', async () => {
    const browser = client(application)
    expect((await browser.get('/account')).status).toBe(401)
    const signedIn = await browser.post('/sign-in/7?next=/account', { redirect: 'manual' })
    expect(signedIn.headers.get('location')).toBe('/account')
    expect(await (await browser.get('/account')).text()).toBe('Ada')
    await browser.post('/sign-out', { redirect: 'manual' })
    expect((await browser.get('/account')).status).toBe(401)
  })

  it('remember a visitor who wants to be remembered', async () => {
    const site = stack(cookies(), session({ secrets: 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo' }))
    const app = site((environ) => {
      signIn(environ, '7', environ.queryString === 'remember' ? { remember: '30d' } : {})
      return text(environ.session.user ?? '')
    })
    const remembered = await client(app).post('/?remember')
    expect(remembered.headers.get('set-cookie')).toContain('; Max-Age=2592000;')
    expect(await remembered.text()).toBe('7')
    expect((await client(app).post('/')).headers.get('set-cookie')).not.toContain('Max-Age')
  })

  it('give the session a new id, so that a planted one stays without a user', async () => {
    const attacker = client(application)
    await attacker.get('/visit')
    const victim = client(application)
    const name = 'session'
    const planted = attacker.cookies.get(name)
    expect(planted).toBeDefined()
    victim.cookies.set(name, planted!)
    await victim.post('/sign-in/7', { redirect: 'manual' })
    expect(await (await victim.get('/account')).text()).toBe('Ada')
    expect((await attacker.get('/account')).status).toBe(401)
  })

  it('redirect a visitor who asks for a page to the sign-in page, and nothing else', async () => {
    const browser = client(application)
    const redirected = await browser.get('/account?tab=2', page)
    expect([redirected.status, redirected.headers.get('location')]).toEqual([
      303,
      '/sign-in?next=%2Faccount%3Ftab%3D2',
    ])
    expect((await browser.get('/account', { headers: { accept: 'application/json' } })).status).toBe(401)
  })

  it('end the session of a user who does not exist any more', async () => {
    const browser = client(application)
    await browser.post('/sign-in/8', { redirect: 'manual' })
    const response = await browser.get('/account')
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toContain('Max-Age=0')
  })

  it.each([[null], [false], ['']])('end the session of a user for whom load returns %j', async (none) => {
    const deleted = signedIn({ load: async () => none })
    const browser = client(
      router(web, {
        '/sign-in': (environ) => {
          signIn(environ, '7')
          return text('')
        },
        '/account': deleted(() => text('secret')),
      }),
    )
    await browser.get('/sign-in')
    const response = await browser.get('/account')
    expect([response.status, response.headers.get('set-cookie')]).toEqual([
      401,
      expect.stringContaining('Max-Age=0'),
    ])
  })

  it('need a session', () => {
    const late = session({ secrets: 'kD2xV0wq1cYbN5tZr8sGm3uHfJ7aLpEo' })
    // @ts-expect-error the session is provided later
    expect(stack(cookies(), account, late)).toBeTypeOf('function')
  })

  it('need a session that can keep the user, and the message says so', () => {
    type Without = Parameters<typeof signIn<Session<{ cart: string }>>>[0]['session']
    expectTypeOf<Without>().toExtend<"'user' is missing in the schema of the session, or not text: add user: z.string()">()
    type With = Parameters<typeof signIn<Session<{ user: string }>>>[0]['session']
    expectTypeOf<Session<{ user: string }>>().toExtend<With>()
  })

  it('reject invalid arguments', () => {
    expect(() => signIn({} as never, '')).toThrow('signIn: user must be text that is not empty, got ""')
    expect(() => signIn({} as never, '7', { rember: '30d' } as never)).toThrow(
      "signIn: unknown option 'rember', did you mean 'remember'?",
    )
    expect(() => signedIn({} as never)).toThrow('signedIn: load must be a function, got undefined')
    expect(() => signedIn({ load: () => 1, signInPath: '//evil.example' })).toThrow(
      'signedIn: signInPath must be a path',
    )
    expect(() => signedIn({ load: () => 1, signInPath: '/sign-in?lang=en' })).toThrow('has no query')
  })
})

describe('nextPath', () => {
  it.each([
    ['/', '/'],
    ['/a/b?c=d#e', '/a/b?c=d#e'],
    ['//evil.example', '/home'],
    ['/\\evil.example', '/home'],
    ['/a\\..\\evil', '/home'],
    ['https://evil.example', '/home'],
    ['javascript:alert(1)', '/home'],
    ['/\t/evil.example', '/home'],
    ['/\n/evil.example', '/home'],
    ['a', '/home'],
    ['', '/home'],
  ])('of %j is %j', (next, path) => {
    expect(nextPath({ queryString: String(new URLSearchParams({ next })) }, '/home')).toBe(path)
  })

  it('never leads to another site', () => {
    const site = 'https://site.example'
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((text) => `/${text}`),
        ),
        (next) => {
          const path = nextPath({ queryString: String(new URLSearchParams({ next })) })
          expect(new URL(path, site).origin).toBe(site)
        },
      ),
    )
  })
})
