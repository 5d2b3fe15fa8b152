import { createServer } from 'node:http'
import { createRouter, type MatchData } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { TrieMatcher } from '@remix-run/route-pattern'
import { routes } from '../../works/params-data.ts'

// For tables of more than about 80 routes, its documentation says.
const router = createRouter({ matcher: new TrieMatcher<MatchData>() })

for (const { resource, pattern } of routes)
  router.get(pattern, ({ params }) => Response.json({ resource, ...params }))

// With a port in the URL, this matcher finds only patterns that name the same one: the host is given without.
const listener = createRequestListener((request) => router.fetch(request), { host: 'localhost' })

createServer(listener).listen(Number(process.env.PORT), '127.0.0.1')
