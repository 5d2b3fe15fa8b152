import { createHash } from 'node:crypto'
import { setInterval, setTimeout } from 'node:timers/promises'
import { type Application, mount, stream, text } from '@tsgi/core'
import { router } from '@tsgi/router'

/** Shows the environ of the request. */
const echo: Application = (environ) => {
  const { scheme, host, remoteAddress, scriptName, pathInfo, queryString, protocol } = environ
  const gateway = environ.gateway.name
  const all = { gateway, scheme, host, remoteAddress, scriptName, pathInfo, queryString, protocol }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\n`)
  return text(lines.join(''))
}

/** Responds with the digest of the request body, which it reads as a stream. */
const digest: Application = async ({ request }) => {
  const hash = createHash('sha256')
  for await (const chunk of request.body ?? []) hash.update(chunk)
  return text(`${hash.digest('hex')}\n`)
}

// nginx buffers a response unless it has this header.
const unbuffered = { headers: { 'x-accel-buffering': 'no' } }

/** Sends the time every second until the client disconnects. */
const clock: Application = ({ remoteAddress, signal, errors }) => {
  signal.addEventListener('abort', () => errors.write(`${remoteAddress} has disconnected from the clock`))
  return stream(ticks(signal), unbuffered)
}

async function* ticks(signal: AbortSignal): AsyncGenerator<string> {
  yield `${new Date().toISOString()}\n`
  for await (const _ of setInterval(1000, undefined, { signal })) yield `${new Date().toISOString()}\n`
}

/** Sends a response that fails halfway. */
const broken: Application = ({ signal }) => stream(fails(signal), unbuffered)

async function* fails(signal: AbortSignal): AsyncGenerator<string> {
  yield 'The first half, '
  await setTimeout(100, undefined, { signal })
  throw new Error('there is no second half')
}

const routes = { '/digest': { POST: digest }, '/clock': clock, '/broken': broken }
const site = router(routes, { fallback: echo })

// The same site again under /tools. A front end that speaks uwsgi can do this for the application.
export const application: Application = mount('/tools', site)(site)
