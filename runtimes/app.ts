/**
 * The application that runs on every runtime: the packages, composed the way a user does. It imports nothing from Node.
 * If no client is left to observe what happens, it leaves a note that a later request reads.
 */
import { args, jsonBody } from '@tsgi/args'
import { compress } from '@tsgi/compress'
import { conditional, precondition } from '@tsgi/conditional'
import { cookies } from '@tsgi/cookies'
import {
  type Application,
  bytes,
  type Environ,
  empty,
  extend,
  fromFetch,
  HttpError,
  json,
  lint,
  type Middleware,
  mapBody,
  mount,
  sse,
  stack,
  stream,
  text,
  withHeaders,
} from '@tsgi/core'
import { cors } from '@tsgi/cors'
import { csrf } from '@tsgi/csrf'
import { requestId } from '@tsgi/log'
import { context, current } from '@tsgi/log/context'
import { rateLimit } from '@tsgi/rate-limit'
import { router } from '@tsgi/router'
import { NONCE, secureHeaders } from '@tsgi/secure-headers'
import { session } from '@tsgi/session'
import { cookieStore } from '@tsgi/session/cookie'
import { type FileSource, memoryFiles, staticFiles } from '@tsgi/static'
import { markup, page } from '@tsgi/templates/markup'
import { bodyLimit, responseCache, timeout } from '@tsgi/toolbox'
import { websocket } from '@tsgi/websocket'
import { channels, local } from '@tsgi/websocket/channels'
import { z } from 'zod'
import { Digest, pattern } from './bytes.ts'
import { note, noted, notes } from './notes.ts'
import { endless, events, failing, flood, held } from './sources.ts'

const secret = 'known to everyone who reads this file'
const visitor = { user: z.string(), visits: z.number(), left: z.string(), right: z.string() }

/** Leaves its name in the environ and in the response. */
const step = (name: string): Middleware<{ steps: readonly string[] }, { steps?: readonly string[] }> => {
  return (app) => async (environ) => {
    const { steps = [] } = environ
    const response = await app(extend(environ, { steps: [...steps, name] }))
    return withHeaders(response, { 'x-steps': `${response.headers.get('x-steps') ?? ''} ${name}`.trim() })
  }
}

/** Reports the path it sees once the inner application has responded. */
const traced: Middleware = (app) => async (environ) => {
  const response = await app(environ)
  return withHeaders(response, { 'x-path': environ.pathInfo })
}

const where: Application = (environ) => {
  const { method, scheme, host, scriptName, pathInfo, queryString, remoteAddress, request } = environ
  return json({ method, scheme, host, scriptName, pathInfo, queryString, remoteAddress, url: request.url })
}

/** Keeps its sessions in the visitor's cookie. */
const inCookie = session({
  secrets: secret,
  store: cookieStore(),
  schema: visitor,
  cookie: { name: 'kept' },
})(({ session }) => json(session.update('visits', (visits = 0) => visits + 1)))

const cached = responseCache()
const fresh = { headers: { 'cache-control': 'max-age=60', etag: '"1"' } }
const compressed = compress({ events: true })
const repeated = 'Hello, compressed world. '.repeat(100)
/** 'Hello, gzip' */
const gzipped = Uint8Array.from(atob('H4sIAAAAAAACA/NIzcnJ11FIr8osAACdFC3aCwAAAA=='), (each) =>
  each.charCodeAt(0),
)

/** For pages of its own origin, and of one other. */
const secured = stack(
  cors({ origin: 'https://app.example' }),
  secureHeaders({ contentSecurityPolicy: { 'script-src': ["'self'", NONCE] } }),
  csrf(),
)(({ nonce, pathInfo }) => {
  if (pathInfo === '/broken') throw new Error('the password is hunter2')
  return text(nonce)
})

const notFound: Application = () => {
  throw new HttpError(404)
}

/** Files whose content is their path. */
const paths: FileSource = {
  find: async (segments) => {
    const path = segments.join('/')
    return { size: path.length, read: (start, end) => new Blob([path.slice(start, end)]).stream() }
  },
}

/** The folder of the repository, on runtimes with a file system. */
function folder(): Application {
  try {
    return staticFiles(new URL('..', import.meta.url))(notFound)
  } catch {
    return notFound
  }
}

const web = stack(
  traced,
  mount('/memory', staticFiles(memoryFiles({ 'index.html': '<h1>Hello</h1>' }))(notFound)),
  mount('/source', staticFiles(paths)(notFound)),
  mount('/folder', folder()),
  mount('/mounted', where),
  mount('/secured', secured),
  mount(
    '/small',
    bodyLimit({ maxBodySize: 10 })(async ({ request }) => text(await request.text())),
  ),
  mount(
    '/fetch',
    fromFetch(({ url }) => new Response(url, { headers: { 'content-type': 'text/plain' } })),
  ),
  cookies({ secrets: secret }),
  mount('/in-cookie', inCookie),
  session({ secrets: secret, schema: visitor }),
)

const inTeam: Middleware<object, { params: { team: string } }> = (app) => app
const members = router(inTeam, {
  '/:id': ({ params, scriptName }) => json([params.team, params.id, scriptName]),
})

const Post = z.object({ title: z.string().min(3), tags: z.array(z.string()).default([]) })
const Upload = z.object({ title: z.string(), file: z.file() })

const site = router(web, {
  '/where': where,
  '/slashes/*rest': where,
  '/steps': stack(step('outer'), step('inner'))(({ steps }) => json(steps)),
  '/teams/:team/members/*rest': members,
  '/files/*path': ({ params }) => json(params.path),
  '/header': ({ headers }) => json(headers.get('x-test')),
  '/methods': { GET: () => text('Hello'), PROPFIND: ({ method }) => text(method) },
  '/query': args({ query: z.object({ n: z.coerce.number(), tag: z.array(z.string()) }) })(({ args }) =>
    json(args.query),
  ),

  '/request-id': stack(
    requestId(),
    context(),
  )(() => {
    const id = current<{ requestId: string }>()?.requestId
    return stream(
      (async function* () {
        await Promise.resolve()
        yield `${id} ${current<{ requestId: string }>()?.requestId}`
      })(),
    )
  }),
  '/limited': rateLimit({
    points: 2,
    window: '1h',
    key: ({ scriptName, queryString }) => scriptName + queryString,
  })(() => text('Hello')),

  '/posts': {
    POST: args({ body: jsonBody(Post), limits: { maxBodySize: 1_000 } })(({ args }) =>
      json(args.body, { status: 201 }),
    ),
  },
  '/forms': { POST: args({ body: Post })(({ args }) => json(args.body)) },
  '/uploads': {
    POST: args({ body: Upload })(async ({ args: { body } }) =>
      json([body.title, body.file.name, body.file.type, `${new Digest().add(await body.file.bytes())}`]),
    ),
  },
  '/unread': { POST: () => text('not read') },
  '/bytes': { POST: async ({ request }) => new Response(await request.arrayBuffer(), { headers: binary }) },
  '/digest/:id': {
    POST: async ({ request, params: { id } }) => {
      const digest = new Digest()
      for await (const chunk of request.body ?? []) note(id, `${digest.add(chunk).bytes}`)
      return text(`${digest}`)
    },
  },

  '/held/:id': ({ params: { id }, signal }) => stream(held(id, signal), unbuffered),
  '/markup/:id': ({ params: { id } }) =>
    page(markup`<h1>${id}</h1><p>${noted(id, 'go').then(() => '<last>')}</p>`, unbuffered),
  '/mapped/:id': ({ params: { id }, signal }) =>
    mapBody(stream(held(id, signal), unbuffered), (body) => body.pipeThrough(upperCase())),
  '/endless/:id': ({ params: { id } }) => stream(endless(id), unbuffered),
  '/flood/:id': ({ params: { id } }) => stream(flood(id), { headers: { ...binary, ...unbuffered.headers } }),
  '/failing/:id': ({ params: { id } }) => stream(failing(id), unbuffered),
  '/pattern/:length': ({ params }) => stream(pattern(Number(params.length)), { headers: binary }),
  '/echo': {
    POST: ({ request }) => new Response(request.body, { headers: { ...binary, ...unbuffered.headers } }),
  },
  '/events/:id': ({ params: { id }, headers, signal }) =>
    sse(events(id, headers.get('last-event-id'), signal)),
  '/silence/:id': ({ params: { id }, signal }) => sse(events(id, null, signal), { keepAlive: 20 }),

  '/cookies': {
    GET: ({ cookies }) => json(cookies.all()),
    POST: ({ cookies }) => {
      cookies.set('plain', 'a b;ü')
      cookies.set('other', '1', { maxAge: 60, path: '/' })
      cookies.delete('old')
      return Response.redirect('http://example.test/next', 303)
    },
  },
  '/sealed': {
    GET: async ({ cookies }) => json([await cookies.signed.get('user'), await cookies.encrypted.get('plan')]),
    POST: async ({ cookies }) => {
      await cookies.signed.set('user', 'ada')
      await cookies.encrypted.set('plan', 'to see the world')
      return empty()
    },
  },

  '/session': ({ session }) => json([session.get('user') ?? null, session.get('visits') ?? 0]),
  '/session/visit': ({ session }) => json(session.update('visits', (visits = 0) => visits + 1)),
  '/session/:side/:id': async ({ session, params: { side, id } }) => {
    session.set(side === 'left' ? 'left' : 'right', id)
    note(id, side)
    // Both requests have started before either ends.
    await Promise.all([noted(id, 'left'), noted(id, 'right')])
    return empty()
  },
  '/session/sides': ({ session }) => json([session.get('left'), session.get('right')]),
  '/session/sign-in': {
    POST: ({ session }) => {
      session.regenerateId()
      session.set('user', 'ada')
      session.flash('info', 'Welcome.')
      return empty()
    },
  },
  '/session/flashes': ({ session }) => json(session.takeFlashes().map(({ message }) => message)),
  '/session/sign-out': {
    POST: ({ session }) => {
      session.destroy()
      return empty()
    },
  },

  '/errors/known': ({ cookies }) => {
    cookies.set('seen', 'yes')
    throw new HttpError(409, 'The name <ada> is taken.', {
      headers: { 'retry-after': '7' },
      extensions: { by: 'ada' },
    })
  },
  '/errors/broken': () => {
    throw new Error('the password is hunter2')
  },
  '/errors/rejected': async () => {
    throw new Error('the password is hunter2')
  },
  '/errors/nothing': (() => undefined) as unknown as Application,

  '/tagged': conditional()(() => json({ hello: 'world' })),
  '/versions/:version': {
    PUT: (environ) => {
      precondition(environ, { etag: `"${environ.params.version}"` }, { required: true })
      return empty()
    },
  },

  '/compressed/text': compressed(() => text(repeated)),
  '/compressed/large': compressed(() => text(repeated.repeat(100))),
  '/compressed/held/:id': compressed(({ params: { id }, signal }) => stream(held(id, signal), unbuffered)),
  '/compressed/endless/:id': compressed(({ params: { id } }) => stream(endless(id), unbuffered)),
  '/compressed/failing/:id': compressed(({ params: { id } }) => stream(failing(id), unbuffered)),
  '/compressed/events/:id': compressed(({ params: { id }, signal }) => sse(events(id, null, signal))),
  '/compressed/before': compressed(() => bytes(gzipped, { headers: { 'content-encoding': 'gzip' } })),

  '/cached/text': cached(() => text(crypto.randomUUID(), fresh)),
  '/cached/changed': cached(() => text(crypto.randomUUID(), fresh)),
  '/cached/stream': cached(() => stream([crypto.randomUUID()], fresh)),
  '/cached/slow': cached(async () => {
    await new Promise((resolve) => setTimeout(resolve, 200))
    return text(crypto.randomUUID(), fresh)
  }),

  '/not-modified': () => empty(304, { headers: { etag: '"1"' } }),
  '/waiting/:id': async ({ params: { id }, signal }) => {
    signal.addEventListener('abort', () => note(id, 'aborted'))
    note(id, 'began')
    await noted(id, 'go', signal)
    return text('waited')
  },
  '/slow/:id': timeout({ after: 50 })(({ params: { id }, signal }: Environ & { params: { id: string } }) => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    signal.addEventListener('abort', () => {
      note(id, 'aborted')
      resolve(text('too late'))
    })
    return promise
  }),
  '/later/:id': ({ params: { id }, waitUntil }) => {
    waitUntil(noted(id, 'go').then(() => note(id, 'done')))
    return text('now')
  },
  '/rejected-later': ({ waitUntil }) => {
    waitUntil(Promise.reject(new Error('rejected later')))
    return text('now')
  },
  '/finished/:id': ({ params: { id }, finished, waitUntil }) => {
    waitUntil(finished.then(({ bytes, aborted }) => note(id, `${bytes} ${aborted}`)))
    return text('twelve bytes')
  },
  '/finished/:id/endless': ({ params: { id }, finished, waitUntil }) => {
    waitUntil(finished.then(({ aborted }) => note(id, aborted ? 'cut off' : 'whole')))
    return stream(endless(id), unbuffered)
  },

  '/websocket': (environ) => {
    environ.cookies.set('visited', '1')
    environ.cookies.set('again', '1')
    return echo(environ)
  },
  '/websocket/rejected': () => {
    throw new HttpError(401, 'Sign in first.')
  },
  '/websocket/ends/:id': websocket<{ params: { id: string } }>(async (socket, { params: { id } }) => {
    for await (const _ of socket);
    note(id, `closed ${(await socket.closed).code}`)
  }),

  '/websocket/room/:room': websocket<{ params: { room: string } }>(async (socket, { params: { room } }) => {
    const messages = live.subscribe(room)
    await messages.ready
    socket.subscribe(messages)
    await socket.send('ready')
    for await (const message of socket) await live.publish(room, String(message))
  }),

  '/notes/:id': {
    GET: ({ params: { id } }) => json(notes(id)),
    POST: async ({ params: { id }, request }) => {
      note(id, await request.text())
      return empty()
    },
  },
})

const { channels: live } = channels(local())
const echo = websocket(
  async (socket) => {
    for await (const message of socket) {
      if (message === 'return') return
      if (message === 'throw') throw new Error('the password is hunter2')
      if (message === 'flood') for (let n = 0; n < 20_000; n++) await socket.send(`${n}`)
      else await socket.send(message)
    }
  },
  { protocols: ['v2'], maxMessage: 10_000 },
)

const binary = { 'content-type': 'application/octet-stream' }
/** nginx buffers a response unless it has this header. `sse` sets it automatically. */
const unbuffered = { headers: { 'x-accel-buffering': 'no' } }

function upperCase(): TransformStream<Uint8Array, Uint8Array> {
  return new TransformStream({
    transform: (chunk, controller) =>
      controller.enqueue(chunk.map((byte) => (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte))),
  })
}

/** The site itself, and the same under a mount that checks every request and response against the contract. */
export const application: Application = mount('/linted', lint(site))(site)
