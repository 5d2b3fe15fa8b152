import { args } from '@tsgi/args'
import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { Order } from '../../works/validate-data.ts'

const application = router({
  '/orders': { POST: args({ body: Order })(({ args }) => json({ reference: args.body.reference })) },
})

await serve(application, { listen: `http://127.0.0.1:${process.env.PORT}` })
