import { args } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { Order } from '../../works/validate-data.ts'
import { listening } from './listening.ts'

const application = router({
  '/orders': { POST: args({ body: Order })(({ args }) => json({ reference: args.body.reference })) },
})

await serve(application, listening)
