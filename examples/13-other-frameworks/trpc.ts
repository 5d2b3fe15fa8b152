import { initTRPC } from '@trpc/server'
import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { type Application, fromFetch } from '@tsgi/core'
import { z } from 'zod'
import type { Visitor } from './auth.ts'

const t = initTRPC.context<Visitor>().create()

const procedures = t.router({
  greet: t.procedure
    .input(z.object({ greeting: z.string() }))
    .query(({ input, ctx }) => `${input.greeting} ${ctx.visitor ?? 'stranger'}`),
  add: t.procedure.input(z.array(z.number())).mutation(({ input }) => input.reduce((sum, n) => sum + n, 0)),
  count: t.procedure.input(z.number().max(100)).query(async function* ({ input }) {
    for (let n = 1; n <= input; n++) yield n
  }),
})

/** The type that the client needs. */
export type Procedures = typeof procedures

export const application: Application<Visitor> = fromFetch<Visitor>(
  (req, { visitor }) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req,
      router: procedures,
      createContext: () => ({ visitor }),
    }),
  { path: 'whole' },
)
