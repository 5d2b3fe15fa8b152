import { stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { application as auth, visitor } from './auth.ts'
import { application as graphql } from './graphql.ts'
import { application as hono } from './hono.ts'
import { application as mcp } from './mcp.ts'
import { application as orpc } from './orpc.ts'
import { application as trpc } from './trpc.ts'

const web = stack(visitor)

export const application = router(web, {
  '/': ({ visitor }) => text(`Hello ${visitor ?? 'stranger'}`),
  '/api/auth/*rest': auth,
  '/hono{/{*rest}}': hono,
  '/trpc/*rest': trpc,
  '/graphql{/*rest}': graphql,
  '/orpc/*rest': orpc,
  '/mcp': { POST: mcp },
})
