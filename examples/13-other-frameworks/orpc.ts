import { os, type RouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/fetch'
import { type Application, fromFetch, HttpError } from '@tsgi/core'
import { z } from 'zod'
import type { Visitor } from './auth.ts'

const base = os.$context<Visitor>()

const procedures = {
  greet: base
    .input(z.object({ greeting: z.string() }))
    .handler(({ input, context }) => `${input.greeting} ${context.visitor ?? 'stranger'}`),
  add: base.input(z.array(z.number())).handler(({ input }) => input.reduce((sum, n) => sum + n, 0)),
  count: base.input(z.number().max(100)).handler(async function* ({ input }) {
    for (let n = 1; n <= input; n++) yield n
  }),
}

/** The type that the client needs. */
export type Procedures = RouterClient<typeof procedures>

const handler = new RPCHandler(procedures)

export const application: Application<Visitor> = fromFetch<Visitor>(async (request, { visitor }) => {
  const { response } = await handler.handle(request, { context: { visitor } })
  if (response === undefined) throw new HttpError(404)
  return response
})
