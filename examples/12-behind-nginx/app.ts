import { createHash } from 'node:crypto'
import { setInterval, setTimeout } from 'node:timers/promises'
import { type Application, mount, stream, text } from '@tsgi/core'
import { router } from '@tsgi/router'

/** What arrived, whichever way it came. */
const arrived: Application = (environ) => {
  const { scheme, host, remoteAddress, scriptName, pathInfo, queryString, protocol } = environ
  const gateway = environ.gateway.name
  const all = { gateway, scheme, host, remoteAddress, scriptName, pathInfo, queryString, protocol }
  const lines = Object.entries(all).map(([key, value]) => `${key}: ${value}\n`)
  return text(lines.join(''))
}

/** The digest of a request's body, which is read as it comes and never held whole. */
const digest: Application = async ({ request }) => {
  const hash = createHash('sha256')
  for await (const chunk of request.body ?? []) hash.update(chunk)
  return text(`${hash.digest('hex')}\n`)
}

// nginx collects a response before it passes it on, unless the response asks it not to.
const unbuffered = { headers: { 'x-accel-buffering': 'no' } }

/** The time every second, until the client leaves. */
const clock: Application = ({ remoteAddress, signal, errors }) => {
  signal.addEventListener('abort', () => errors.write(`${remoteAddress} has left the clock`))
  return stream(ticks(signal), unbuffered)
}

async function* ticks(signal: AbortSignal): AsyncGenerator<string> {
  yield `${new Date().toISOString()}\n`
  for await (const _ of setInterval(1000, undefined, { signal })) yield `${new Date().toISOString()}\n`
}

/** A response that fails when a part of it is on its way. */
const broken: Application = ({ signal }) => stream(fails(signal), unbuffered)

async function* fails(signal: AbortSignal): AsyncGenerator<string> {
  yield 'The first half, '
  await setTimeout(100, undefined, { signal })
  throw new Error('there is no second half')
}

const routes = { '/digest': { POST: digest }, '/clock': clock, '/broken': broken }
const site = router(routes, { fallback: arrived })

// The same site once more under /tools. A front end that speaks uwsgi can do this in the application's place.
export const application: Application = mount('/tools', site)(site)
