import { hostname } from 'node:os'
import { cookies } from '@tsgi/cookies'
import { html, redirect, lifecycle as resources, stack } from '@tsgi/core'
import { router } from '@tsgi/router'
import { session } from '@tsgi/session'
import { redisStore } from '@tsgi/session/redis'
import { createClient } from 'redis'

const { REDIS_URL = 'redis://127.0.0.1:6379', SESSION_SECRET, SERVER = hostname() } = process.env
if (SESSION_SECRET === undefined) throw new Error('SESSION_SECRET is not set')

const client = createClient({ url: REDIS_URL, disableOfflineQueue: true })
client.on('error', ({ message }: Error) => console.error(`redis: ${message}`))

/** The server opens the connection before the first request of a worker, and closes it after the last response. */
export const lifecycle = resources({
  redis: { start: () => client.connect(), stop: (redis) => redis.close() },
})

const web = stack(
  cookies(),
  // One or more secrets, separated by spaces: the first signs, the others still verify.
  session<Visitor>({ secrets: SESSION_SECRET.split(' '), store: redisStore({ client }) }),
)

interface Visitor {
  /** Number of clicks per server. */
  clicks: Record<string, number>
}

export const application = router(web, {
  '/': {
    GET({ session, scheme, host, remoteAddress }) {
      const clicks = Object.entries(session.get('clicks') ?? {})
      const total = clicks.reduce((sum, [, count]) => sum + count, 0)
      const rows = clicks.map(([server, count]) => `<li>${server}: ${count}</li>`)
      return html(`<!doctype html>
<title>Deployed</title>
<p>You have clicked ${total} times:</p>
<ul>${rows.join('')}</ul>
<form method="post"><button>Click</button></form>
<p>Server ${SERVER} received this request from ${remoteAddress} for ${scheme}://${host}.</p>
`)
    },
    POST({ session }) {
      session.update('clicks', (clicks = {}) => ({ ...clicks, [SERVER]: (clicks[SERVER] ?? 0) + 1 }))
      return redirect('/', 303)
    },
  },
})
