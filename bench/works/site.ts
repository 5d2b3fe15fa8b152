import { Agent } from 'node:http'
import { type LoadRequest, load } from '../harness/load.ts'
import { measuredLoad } from '../harness/measured-load.ts'
import { sideBySide } from '../harness/side-by-side.ts'
import { expectedPage, normalized, visitsOf } from './site-page.ts'
import { Visitor } from './site-visitor.ts'

const visitorCount = 64
/** Few enough for the slowest contender to serve each in every round. */
const connections = 16
/** Number of visitors whose visit counts are checked. */
const sampleCount = 8
const burst = { requests: 300, atOnce: 6 }

/** A typical page: cookies, a session, a flash message, a template with a layout. */
export const site = sideBySide<Visitor[]>({
  name: 'site',
  about:
    'GET / reads a cookie, counts the visit in the session, shows flash messages and renders a layout with a table of 50 escaped rows; POST / adds a message.',
  headline: 'requests/s',
  targets: [
    { figure: 'requests/s', against: 'best peer', atLeast: 1 },
    { figure: 'requests/s', of: 'tsgi (engine)', against: 'best peer', atLeast: 1.9 },
  ],
  notes: [
    `${visitorCount} visitors with a session take turns over ${connections} connections. All pages are equal except for whitespace and how characters are escaped.`,
    'counted: the share of requests that the sessions counted. concurrent: the same for one visitor whose browser sends six requests at a time.',
    'h3 has no sessions in memory, only in an encrypted cookie that it sends with every response. A request with an older cookie is not counted.',
    'hono-sessions encrypts the id in the cookie for every response, as its documentation recommends. express-session, koa-session, @fastify/session, Remix and @tsgi/session sign or hash it.',
    'koa-session has no memory store, so it gets a Map. Koa and h3 have no common package for flash messages, so the program keeps them in the session.',
    'Templates: ejs (express, @koa/ejs), Eta (@fastify/view, h3, @tsgi/templates), tagged templates (hono/html, @remix-run/html-template).',
  ],

  async check(running) {
    const visitor = new Visitor(running.port)
    const pages = [
      [await visitor.get(), expectedPage(1, [])],
      [await visitor.get(), expectedPage(2, [])],
      [await visitor.post().then(() => visitor.get()), expectedPage(3, ['Saved.'])],
      [await visitor.get(), expectedPage(4, [])],
      [await new Visitor(running.port).get(), expectedPage(1, [])],
    ] as const
    for (const [page, expected] of pages)
      if (normalized(page) !== expected)
        throw new Error(`${running.name} answers with another page:\n${page.slice(0, 1000)}`)
  },

  async prepare(running) {
    const visitors = Array.from({ length: visitorCount }, () => new Visitor(running.port))
    for (const visitor of visitors) await visitor.get()
    await load({ port: running.port, requests: requestsOf(visitors), seconds: 2, connections })
    return visitors
  },

  async measure(running, visitors) {
    const visitsBefore = await visits(visitors)
    const { perSecond, cpu, peakMemory, requests, errors } = await measuredLoad(
      running,
      requestsOf(visitors),
      { seconds: 0.6, connections },
    )
    const counted = (await visits(visitors)) - visitsBefore - sampleCount
    const asked = (requests * sampleCount) / visitorCount
    return {
      figures: {
        'requests/s': perSecond,
        'CPU per request': cpu,
        // The server also counts the requests that were in flight at the end.
        counted: { unit: '%', better: 'higher', value: percent(counted / asked) },
        concurrent: { unit: '%', better: 'higher', value: percent(await keptOfBurst(running.port)) },
        'peak memory': peakMemory,
      },
      errors,
    }
  },
})

function requestsOf(visitors: readonly Visitor[]): LoadRequest[] {
  return visitors.map(({ cookie }) => ({ path: '/', headers: { cookie } }))
}

/** Returns the total number of visits of some visitors. Reading it is a visit. */
async function visits(visitors: Visitor[]): Promise<number> {
  let sum = 0
  for (const visitor of visitors.slice(0, sampleCount)) sum += visitsOf(await visitor.look())
  return sum
}

/** Returns the share of one visitor's requests that was counted, sent as concurrently as a browser does. */
async function keptOfBurst(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: burst.atOnce })
  const visitor = new Visitor(port, agent)
  await visitor.get()
  let left = burst.requests
  await Promise.all(
    Array.from({ length: burst.atOnce }, async () => {
      while (left-- > 0) await visitor.get()
    }),
  )
  const last = visitsOf(await visitor.get())
  agent.destroy()
  return (last - 2) / burst.requests
}

function percent(part: number): number {
  return 100 * Math.min(1, Math.max(0, part))
}
