import { readFileSync } from 'node:fs'
import { args } from '@tsgi/args'
import { type Application, type Environ, redirect, stack } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
import { router } from '@tsgi/router'
import { NONCE, secureHeaders } from '@tsgi/secure-headers'
import { type Socket, websocket } from '@tsgi/websocket'
import { type Channels, channels } from '@tsgi/websocket/channels'
import { z } from 'zod'
import { add, entriesAfter, latest } from './entries.ts'
import { article, book } from './page.ts'

const Entry = z.object({
  author: z.string().trim().min(1, 'Write your name.').max(50, 'At most 50 characters for your name.'),
  message: z.string().trim().min(1, 'Write something.').max(500, 'At most 500 characters, please.'),
})
const Position = z.object({ after: z.coerce.number().int().min(0).default(0) })

export const web = stack(
  secureHeaders({
    contentSecurityPolicy: {
      'default-src': "'none'",
      'script-src': [NONCE],
      'style-src': "'self'",
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    },
  }),
  csrf(),
  channels(),
)

type Follower = { args: { query: z.infer<typeof Position> }; channels: Channels }

/** Sends the entries that a tab does not have, then those that are written. */
async function follow(socket: Socket, { args, channels }: Environ & Follower): Promise<void> {
  let last = args.query.after
  async function sendNew() {
    for (;;) {
      const entries = entriesAfter(last)
      if (entries.length === 0) return
      for (const entry of entries) await socket.send(String(article(entry)))
      last = entries.at(-1)!.id
    }
  }
  const changes = channels.subscribe('entries')
  void socket.closed.then(() => changes.unsubscribe())
  await changes.ready
  await sendNew()
  for await (const _ of changes) await sendNew()
}

export const application = router(web, {
  '/': {
    GET: ({ nonce }) => book({ nonce, entries: latest(50) }),
  },
  '/entries': {
    POST: args({ body: Entry })(
      async ({ args, channels }) => {
        add(args.body)
        await channels.publish('entries', 'new')
        return redirect('/', 303)
      },
      ({ errors, values }, { nonce }) =>
        book(
          { nonce, entries: latest(50), typed: values.body, problem: errors[0]?.message },
          { status: 422 },
        ),
    ),
  },
  '/live': args({ query: Position })<{ channels: Channels }>(websocket(follow)),
  '/live.js': file('live.js', 'text/javascript'),
  '/style.css': file('style.css', 'text/css'),
})

function file(name: string, type: string): Application {
  const content = readFileSync(new URL(name, import.meta.url), 'utf8')
  return () => new Response(content, { headers: { 'content-type': `${type}; charset=utf-8` } })
}
