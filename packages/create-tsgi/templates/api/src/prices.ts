/** The price of a parcel: an example with a typed body and a typed response. */
import { args } from '@tsgi/args'
import { z } from 'zod'

const Parcel = z
  .object({
    weight: z.number().positive().max(30).meta({ description: 'in kilograms' }),
    express: z.boolean().default(false),
  })
  .meta({ id: 'Parcel' })

const Price = z.object({ cents: z.int() }).meta({ id: 'Price' })

/** Returns the price in cents: 4 euros, 1 euro per kilogram, and twice that for an express parcel. */
export function priceOf({ weight, express }: z.infer<typeof Parcel>): number {
  const cents = 400 + 100 * Math.ceil(weight)
  return express ? 2 * cents : cents
}

export const prices = {
  POST: args({ body: Parcel, responses: { 200: Price } })(({ args, reply }) =>
    reply(200, { cents: priceOf(args.body) }),
  ),
}
