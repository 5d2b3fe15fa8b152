/** The schema of the work `validate`: an order of about 1 KB of JSON. */
import { z } from 'zod'

export const Order = z.object({
  reference: z.string().regex(/^[A-Z]{2}-\d{6}$/),
  customer: z.object({
    name: z.string().min(1).max(100),
    email: z.email(),
    age: z.int().min(18),
    newsletter: z.boolean(),
  }),
  address: z.object({
    street: z.string().min(1),
    city: z.string().min(1),
    postcode: z.string().regex(/^\d{5}$/),
    country: z.enum(['AT', 'CH', 'DE', 'FR', 'IT']),
  }),
  items: z
    .array(
      z.object({
        sku: z.string().min(3),
        title: z.string().min(1).max(200),
        quantity: z.int().positive(),
        price: z.number().nonnegative(),
      }),
    )
    .min(1)
    .max(100),
  tags: z.array(z.string()).default([]),
  note: z.string().max(1000).optional(),
})
