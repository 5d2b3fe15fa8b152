import { createServer } from 'node:http'
import { createRouter, type MatchData } from '@remix-run/fetch-router'
import { createRequestListener } from '@remix-run/node-fetch-server'
import { TrieMatcher } from '@remix-run/route-pattern'
import { routes } from '../../works/params-data.ts'

// Its documentation recommends this for tables of more than about 80 routes.
const router = createRouter({ matcher: new TrieMatcher<MatchData>() })

for (const { resource, pattern } of routes)
  router.get(pattern, ({ params }) => Response.json({ resource, ...params }))

// If the URL has a port, this matcher only finds patterns with the same port, so the host has none.
const listener = createRequestListener((request) => router.fetch(request), { host: 'localhost' })

createServer(listener).listen(Number(process.env.PORT), '127.0.0.1')
