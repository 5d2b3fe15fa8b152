import { setTimeout } from 'node:timers/promises'
import { sse } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { interval, tick } from '../../works/sse-data.ts'

async function* prices(signal: AbortSignal) {
  for (let number = 0; ; number++) {
    yield tick(number)
    await setTimeout(interval, undefined, { signal })
  }
}

const application = router({ '/': { GET: ({ signal }) => sse(prices(signal)) } })

await serve(application, { listen: `http://127.0.0.1:${process.env.PORT}` })
