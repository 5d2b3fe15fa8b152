import { setInterval } from 'node:timers/promises'
import { sse } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { interval, tick } from '../../works/sse-data.ts'
import { listening } from './listening.ts'

async function* prices(signal: AbortSignal) {
  let number = 0
  yield tick(number++)
  for await (const _ of setInterval(interval, undefined, { signal })) yield tick(number++)
}

const application = router({ '/': { GET: ({ signal }) => sse(prices(signal)) } })

await serve(application, listening)
