import { createServer } from 'node:http'
import { generous, strict, window } from '../../works/rate-limit-data.ts'

const body = 'Hello, World!'
const counters = { generous: new Map<string, Counter>(), strict: new Map<string, Counter>() }

interface Counter {
  count: number
  readonly endsAt: number
}

createServer(({ url, socket }, response) => {
  const isStrict = url === '/strict'
  const limit = isStrict ? strict : generous
  const counter = countedIn(isStrict ? counters.strict : counters.generous, socket.remoteAddress ?? '')
  const seconds = Math.ceil((counter.endsAt - performance.now()) / 1000)
  response.setHeader('ratelimit-policy', `"default";q=${limit};w=${window / 1000}`)
  response.setHeader('ratelimit', `"default";r=${Math.max(0, limit - counter.count)};t=${seconds}`)
  if (counter.count > limit) {
    response.writeHead(429, { 'retry-after': String(seconds) }).end()
    return
  }
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': body.length })
  response.end(body)
}).listen(Number(process.env.PORT), '127.0.0.1')

function countedIn(all: Map<string, Counter>, address: string): Counter {
  const now = performance.now()
  let counter = all.get(address)
  if (counter === undefined || counter.endsAt <= now) {
    counter = { count: 0, endsAt: now + window }
    all.set(address, counter)
  }
  counter.count += 1
  return counter
}
