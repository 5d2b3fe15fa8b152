import fastifyCookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import { createCookie } from '@remix-run/cookie'
import { createRouter } from '@remix-run/fetch-router'
import { Session as RemixSession } from '@remix-run/session'
import { createMemorySessionStorage } from '@remix-run/session/memory-storage'
import { session as remixSession } from '@remix-run/session-middleware'
import { cookies } from '@tsgi/cookies'
import { stack, text, toFetch } from '@tsgi/core'
import { session as tsgiSession } from '@tsgi/session'
import fastify from 'fastify'
import { H3, useSession } from 'h3'
import { Hono } from 'hono'
import { MemoryStore, type Session, sessionMiddleware } from 'hono-sessions'
import { inProcess, type MeasureRows } from './in-process.ts'
import { againLater, type Contender, rowsOf } from './rows.ts'

const secret = 'for the benchmark only: everyone can read it'

type Fetch = (request: Request) => Response | Promise<Response>

declare module 'fastify' {
  interface Session {
    visits: number
  }
}

function tsgi(): Fetch {
  const web = stack(cookies(), tsgiSession<{ visits: number }>({ secrets: secret }))
  const app = web(({ session }) => text(String(session.update('visits', (visits = 0) => visits + 1))))
  return toFetch(app, { multiprocess: false })
}

function hono(): Fetch {
  const app = new Hono<{
    Variables: { session: Session<{ visits: number }>; session_key_rotation: boolean }
  }>()
  app.use(
    '*',
    sessionMiddleware({ store: new MemoryStore(), encryptionKey: secret, expireAfterSeconds: 1800 }),
  )
  app.get('/', (c) => {
    const session = c.get('session')
    const visits = (session.get('visits') ?? 0) + 1
    session.set('visits', visits)
    return c.text(String(visits))
  })
  return (request) => app.fetch(request)
}

function remix(): Fetch {
  const cookie = createCookie('__session', { secrets: [secret], httpOnly: true, sameSite: 'Lax' })
  const router = createRouter({ middleware: [remixSession(cookie, createMemorySessionStorage())] })
  router.get('/', (context) => {
    const session = context.get(RemixSession)
    const visits = Number(session.get('visits') ?? 0) + 1
    session.set('visits', visits)
    return new Response(String(visits))
  })
  return (request) => router.fetch(request)
}

function h3(): Fetch {
  const app = new H3()
  app.get('/', async (event) => {
    const session = await useSession<{ visits: number }>(event, {
      password: secret,
      cookie: { secure: false },
    })
    await session.update(({ visits = 0 }) => ({ visits: visits + 1 }))
    return String(session.data.visits)
  })
  return (request) => app.fetch(request)
}

/** Calls Fastify without a network, with its own request and response instead of those of Fetch. */
function fastifyInject(): Fetch {
  const app = fastify()
  app.register(fastifyCookie)
  app.register(fastifySession, { secret, cookie: { secure: false }, saveUninitialized: false })
  app.get('/', (request, reply) => {
    request.session.visits = (request.session.visits ?? 0) + 1
    return reply.send(String(request.session.visits))
  })
  return async (request) => {
    const { payload, headers } = await app.inject({
      url: '/',
      headers: { cookie: request.headers.get('cookie') ?? '' },
    })
    return new Response(payload, {
      headers: [headers['set-cookie'] ?? []].flat().map((line): [string, string] => ['set-cookie', line]),
    })
  }
}

export const contenders: readonly Contender[] = [
  contender('tsgi', tsgi()),
  contender('hono + hono-sessions', hono()),
  contender('remix', remix()),
  contender('h3', h3(), 'Keeps the session in the cookie, not in memory.'),
  contender('fastify', fastifyInject(), 'Is called through `inject`, which imitates a socket.'),
]

export const session = inProcess({
  name: 'session',
  about:
    'Counts the visits of a returning visitor: loads the session from memory, changes it and commits it.',
  headline: 'returning',
  targets: [{ figure: 'returning', against: 'best peer', atLeast: 1 }],
  notes: ['CPU time of a call from a Fetch `Request` to the text of its `Response`, without a network.'],
})

export const measureRows: MeasureRows = (isQuick) => rowsOf(contenders, isQuick, 'µs')

function contender(name: string, fetch: Fetch, apart?: string): Contender {
  let cookie = ''
  const visit = async () => {
    const response = await fetch(new Request('http://localhost/', { headers: { cookie } }))
    const [line] = response.headers.getSetCookie()
    if (line !== undefined) cookie = line.split(';', 1)[0]!
    return response.text()
  }
  return {
    name,
    ...(apart !== undefined && { apart }),
    figures: { returning: againLater(visit) },
    check: async () => (await visit()) === '1' && (await visit()) === '2' && (await visit()) === '3',
  }
}
