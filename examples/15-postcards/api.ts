/**
 * The JSON API for pages of other origins, and its documentation.
 */
import { args } from '@tsgi/args'
import { docs } from '@tsgi/args/docs'
import { conditional } from '@tsgi/conditional'
import { type Application, mount, stack } from '@tsgi/core'
import { cors } from '@tsgi/cors'
import { rateLimit } from '@tsgi/rate-limit'
import { describe, router } from '@tsgi/router'
import { responseCache } from '@tsgi/toolbox'
import { z } from 'zod'
import { findPostcard, latestPostcards, likePostcard, type Postcard } from './postcards.ts'

const Card = z
  .object({
    number: z.number().int(),
    author: z.string(),
    caption: z.string(),
    likes: z.number().int(),
    sent: z.iso.datetime(),
    picture: z.string().meta({ description: 'The path of the picture.' }),
  })
  .meta({ id: 'Postcard' })
const Problem = z.object({ title: z.string() }).meta({ id: 'Problem' })
const Path = z.object({ number: z.coerce.number().int().positive() })

const toJson = ({ number, author, caption, likes, sent, picture }: Postcard) => ({
  number,
  author,
  caption,
  likes,
  sent,
  picture: `/pictures/${picture}`,
})

const routes = router(describe({ tags: ['postcards'] }), {
  '/postcards': {
    GET: args({
      summary: 'Lists the latest postcards',
      query: z.object({ count: z.coerce.number().int().min(1).max(100).default(20) }),
      responses: { 200: z.array(Card) },
    })(({ args, reply }) =>
      reply(200, latestPostcards(args.query.count).map(toJson), {
        headers: { 'cache-control': 'public, max-age=1, stale-while-revalidate=10' },
      }),
    ),
  },
  '/postcards/:number': {
    GET: args({ summary: 'Returns a postcard', path: Path, responses: { 200: Card, 404: Problem } })(
      ({ args, reply }) => {
        const card = findPostcard(args.path.number)
        return card ? reply(200, toJson(card)) : reply(404, { title: 'No such postcard' })
      },
    ),
  },
  '/postcards/:number/likes': {
    POST: args({ summary: 'Likes a postcard', path: Path, responses: { 200: Card, 404: Problem } })(
      ({ args, reply }) => {
        const card = likePostcard(args.path.number)
        return card ? reply(200, toJson(card)) : reply(404, { title: 'No such postcard' })
      },
    ),
  },
})

const page = docs(routes, { title: 'Postcards', version: '1.0.0' })

export const api: Application = stack(
  cors({ origin: process.env.PARTNER_ORIGIN ?? 'http://localhost:5173' }),
  rateLimit({ name: 'api', points: 300, window: '1m' }),
  responseCache(),
  conditional(),
  mount('/docs', page),
)(routes)
