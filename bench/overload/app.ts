/** An application that computes for some milliseconds per request. */
import { pbkdf2Sync } from 'node:crypto'
import { text } from '@tsgi/core'
import { type Duration, parseDuration } from '@tsgi/core/options'
import { serve } from '@tsgi/server'

const { PORT, MAX_EVENT_LOOP_DELAY = '0ms' } = process.env

await serve(() => text(pbkdf2Sync('password', 'salt', 30_000, 32, 'sha256').toString('hex')), {
  listen: `http://127.0.0.1:${PORT}`,
  maxEventLoopDelay: parseDuration(MAX_EVENT_LOOP_DELAY) as Duration,
  errors: { write() {} },
})
