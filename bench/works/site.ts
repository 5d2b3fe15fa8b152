import { Agent } from 'node:http'
import type { RunningContender } from '../harness/contender.ts'
import { load } from '../harness/load.ts'
import { sideBySide } from '../harness/side-by-side.ts'
import { expectedPage, normalized, visitsOf } from './site-page.ts'
import { Visitor } from './site-visitor.ts'

const visitorCount = 64
/** Few enough for the slowest to answer each of them within a round. */
const connections = 16
/** Of whom some are looked at, to see how many of their requests were counted. */
const sampleCount = 8
const burst = { requests: 300, atOnce: 6 }

/** What most pages of a site are made of: cookies, a session, a message shown once, a template with a layout. */
export const site = sideBySide<Visitor[]>({
  name: 'site',
  about:
    'GET / reads a cookie, counts the visit in the session, shows messages once, and renders a table of 50 rows to be escaped in a layout; POST / leaves a message.',
  headline: 'requests/s',
  targets: [{ figure: 'requests/s', against: 'best peer', atLeast: 2 }],
  notes: [
    `${visitorCount} visitors who have a session already ask in turn, over ${connections} connections; all pages are the same but for whitespace and the spelling of escaped characters.`,
    'counted: the part of the timed requests that the sessions counted. kept at once: the part that one visitor’s session counted, of requests that a browser sent six at a time.',
    'h3 has no sessions in memory: its own are sealed into the cookie. A visitor who sends the same cookie again is not counted, and what a session holds is encrypted and sent with every answer.',
    'hono-sessions encrypts the id in the cookie at every answer, as its documentation recommends; express-session, koa-session, @fastify/session, Remix and @tsgi/session sign or hash it.',
    'koa-session has no store in memory either: a Map is given to it. Koa and h3 have no usual package for messages: they are kept in the session by hand.',
    'Templates: ejs (express, @koa/ejs), Eta (@fastify/view, h3, @tsgi/templates), tagged templates (hono/html, @remix-run/html-template).',
  ],
  rounds: { full: 5, quick: 3 },

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
    await keepBusy(running, visitors, 2)
    return visitors
  },

  async measure(running, visitors) {
    const visitsBefore = await visits(visitors)
    const before = await running.usage()
    const { requests, requestsPerSecond, errors } = await keepBusy(running, visitors, 1)
    const after = await running.usage()
    const counted = (await visits(visitors)) - visitsBefore - sampleCount
    const asked = (requests * sampleCount) / visitorCount
    return {
      figures: {
        'requests/s': { unit: 'requests/s', better: 'higher', value: requestsPerSecond },
        'CPU a request': { unit: 'µs', better: 'lower', value: (after.cpu - before.cpu) / requests },
        // Answers that were on their way when the time was over are counted by the server alone.
        counted: { unit: '%', better: 'higher', value: percent(counted / asked) },
      },
      errors,
    }
  },

  async finish(running) {
    const { peakMemory } = await running.usage()
    return {
      figures: {
        'kept at once': { unit: '%', better: 'higher', value: percent(await keptOfBurst(running.port)) },
        'peak memory': { unit: 'MB', better: 'lower', value: peakMemory / 1e6 },
      },
    }
  },
})

function keepBusy({ port }: RunningContender, visitors: Visitor[], seconds: number) {
  return load({
    port,
    seconds,
    connections,
    requests: visitors.map((visitor) => ({ path: '/', headers: { cookie: visitor.cookie } })),
  })
}

/** How often some of these visitors have come, all together; looking is a visit. */
async function visits(visitors: Visitor[]): Promise<number> {
  let sum = 0
  for (const visitor of visitors.slice(0, sampleCount)) sum += visitsOf(await visitor.look())
  return sum
}

/** The part of one visitor's requests that was counted, where as many as a browser sends are under way at a time. */
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
