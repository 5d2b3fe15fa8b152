import { once } from 'node:events'
import { get } from 'node:http'
import { connect } from 'node:net'
import type { ObservedExchange } from '@tsgi/core/gateway'
import { describe, expect, it } from 'vitest'
import { start } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'
import { countsOf, parseMetrics } from '../../test/parse-metrics.ts'
import { formatTop } from '../cli/top.ts'
import { addCounters, Metrics, NO_COUNTERS } from './metrics.ts'
import { prometheus, type StatsReport, type WorkerReport } from './stats-report.ts'

/** Returns the address of the command's statistics. */
async function statsOf(command: Command): Promise<string> {
  await command.printed('tsgi: statistics on ')
  return /^tsgi: statistics on (\S+)$/m.exec(command.stdout)![1]!
}

async function report(address: string): Promise<StatsReport> {
  return (await (await fetch(address)).json()) as StatsReport
}

function serveCommand(...flags: string[]): Command {
  return new Command('serve', 'process.ts', ...ADDRESSES, ...flags)
}

const ADDRESSES = ['--http', '127.0.0.1:0', '--stats', '127.0.0.1:0']

/** Returns the number of requests by method, route and class of status. */
async function countsAt(address: string): Promise<Record<string, number>> {
  return countsOf(parseMetrics(await (await fetch(`${address}/metrics`)).text()))
}

/** Counts a request that takes this many milliseconds. */
function count(metrics: Metrics, duration: number, isLate = false): void {
  metrics.began()
  if (isLate) metrics.timedOut()
  const exchange = { method: 'GET', status: 200, environ: {} } as ObservedExchange
  metrics.ended(exchange, { bytes: 0, duration, aborted: false })
}

describe('Metrics', () => {
  it('counts requests and their durations', () => {
    const metrics = new Metrics()
    const log = metrics.counting({ write() {} })
    for (const duration of [0, 20, 200, 20_000]) count(metrics, duration, duration === 20_000)
    metrics.began()
    log.write(new Error('problem'))
    log.write('a line of text')
    const stats = metrics.stats()
    expect(stats).toMatchObject({ requests: 5, inFlight: 1, exceptions: 1, deadlineKills: 1 })
    expect(metrics.durations.values()).toMatchObject([{ method: 'GET', route: '', status: '2xx' }])
    expect(stats.duration.p99).toBeGreaterThan(19_000)
    expect(stats.duration.p50).toBeLessThan(1_000)
    expect(stats.rss).toBeGreaterThan(1024 * 1024)
  })

  it('can be added up', () => {
    const metrics = new Metrics()
    count(metrics, 0)
    const sum = addCounters(metrics.stats(), addCounters(NO_COUNTERS, metrics.stats()))
    expect(sum.requests).toBe(2)
  })
})

describe('--stats', () => {
  it('serves the statistics of a single process as JSON and for Prometheus', async () => {
    using command = serveCommand('--request-timeout', '0.2s')
    const [url] = await command.addresses()
    const stats = await statsOf(command)
    await fetch(url!)
    expect((await fetch(`${url}/wait/400`)).status).toBe(503)
    const { total, workers, pid } = await report(stats)
    expect(total).toMatchObject({ requests: 2, deadlineKills: 1, exceptions: 1 })
    expect(workers).toMatchObject([{ id: 0, pid, state: 'serving', inFlight: 0 }])
    expect(pid).toBe(command.process.pid)
    const metrics = await fetch(`${stats}/metrics`)
    expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await metrics.text()).toContain('\ntsgi_requests_total 2\n')
    expect((await fetch(`${stats}/other`)).status).toBe(404)
    expect((await fetch(stats, { method: 'POST' })).status).toBe(405)
  })

  // These wait for reports, which come every second, and for a timeout.
  it.concurrent('includes every worker, and keeps the counts of those that have exited', async ({
    expect,
  }) => {
    using command = serveCommand('--workers', '2')
    const [url] = await command.addresses()
    const stats = await statsOf(command)
    for (let requests = 0; requests < 10; requests++) {
      await (await fetch(url!, { headers: { connection: 'close' } })).text()
    }
    await expect.poll(async () => (await report(stats)).total.requests).toBe(10)
    const before = await report(stats)
    expect(before.workers.map(({ requests }) => requests)).toEqual([5, 5])
    expect(before.restarts).toBe(0)
    await command.reload()
    await expect.poll(async () => (await report(stats)).workers.length).toBe(2)
    const after = await report(stats)
    expect(after.total.requests).toBe(10)
    expect(after.restarts).toBe(2)
    expect(after.workers.map(({ id }) => id)).toEqual([3, 4])
    using top = new Command('top', new URL(stats).host)
    expect(await top.exit).toBe(0)
    expect(top.stdout).toMatch(/10 requests[\s\S]*WORKER +PID +STATE[\s\S]*\n +3 +\d+ +serving/)
    command.process.kill('SIGTERM')
    expect(await command.exit).toBe(0)
  })

  it.concurrent('never counts less than before, also when workers die', async ({ expect }) => {
    using command = new Command('serve', 'users.ts', ...ADDRESSES, '--workers', '2')
    const [url] = await command.addresses()
    const stats = await statsOf(command)
    let isDone = false
    let responses = 0
    const load = async () => {
      while (!isDone) {
        await fetch(`${url}/users/7`).then(
          (response) => response.text().then(() => responses++),
          () => {},
        )
      }
    }
    const clients = [load(), load(), load()]
    const crash = () => fetch(`${url}/crash`).catch(() => {})
    let before = 0
    for (let scrapes = 0; scrapes < 25; scrapes++) {
      if (scrapes === 10) await crash()
      const { 'GET /users/:id 2xx': count = 0 } = await countsAt(stats)
      expect(count).toBeGreaterThanOrEqual(before)
      before = count
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    isDone = true
    await Promise.all(clients)
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThanOrEqual(responses)
    expect((await report(stats)).restarts).toBe(1)
  })

  it.concurrent('closes connections beyond 32, so that the application keeps its file descriptors', async ({
    expect,
  }) => {
    using command = serveCommand()
    await command.addresses()
    const stats = await statsOf(command)
    const sockets = Array.from({ length: 60 }, () =>
      connect(Number(new URL(stats).port), '127.0.0.1')
        .on('error', () => {})
        .resume(),
    )
    await expect.poll(() => sockets.filter(({ closed }) => closed).length).toBeGreaterThanOrEqual(28)
    expect(sockets.filter(({ closed }) => !closed).length).toBeGreaterThan(20)
    // The others are closed after five seconds without a request.
    await expect.poll(() => sockets.every(({ closed }) => closed), { timeout: 12_000 }).toBe(true)
    expect((await fetch(stats)).status).toBe(200)
  })

  it('measures durations by route', async () => {
    using command = new Command('serve', 'users.ts', ...ADDRESSES)
    const [url] = await command.addresses()
    const stats = await statsOf(command)
    for (let id = 0; id < 20; id++) await (await fetch(`${url}/users/${id}`)).text()
    for (let id = 0; id < 20; id++) await (await fetch(`${url}/scan/${id}`)).text()
    for (const method of ['DELETE', 'PUT']) await (await fetch(`${url}/users/1`, { method })).text()
    const counts = { 'GET /users/:id 2xx': 20, 'GET  4xx': 20, '_OTHER /users/:id 4xx': 2 }
    await expect.poll(() => countsAt(stats)).toEqual(counts)
    const { routes } = await report(stats)
    expect(routes[0]).toMatchObject({ method: 'GET', route: '/users/:id', status: '2xx' })
  })

  it('rejects other host names on a loopback address, because of DNS rebinding', async () => {
    using command = serveCommand()
    await command.addresses()
    const { port } = new URL(await statsOf(command))
    const statusFor = (host: string) =>
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port, path: '/metrics', headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
      })
    for (const host of [`127.0.0.1:${port}`, '[::1]', 'LOCALHOST:1', 'tsgi.localhost', '192.0.2.7']) {
      expect([host, await statusFor(host)]).toEqual([host, 200])
    }
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'evil.example:127', 'notlocalhost']) {
      expect([host, await statusFor(host)]).toEqual([host, 403])
    }
    const socket = connect(Number(port), '127.0.0.1').end('GET /live HTTP/1.0\r\n\r\n')
    const [head] = await once(socket.setEncoding('utf8'), 'data')
    expect(head).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('accepts any host name on other addresses', async () => {
    using command = new Command('serve', 'hello.ts', '--http', '127.0.0.1:0', '--stats', '0.0.0.0:0')
    await command.addresses()
    const { port } = new URL(await statsOf(command))
    const request = get({ host: '127.0.0.1', port, path: '/metrics', headers: { host: 'app:9191' } })
    const [response] = await once(request, 'response')
    response.resume()
    expect(response.statusCode).toBe(200)
  })

  it('survives connections that are reset', async () => {
    using command = serveCommand()
    await command.addresses()
    const stats = await statsOf(command)
    const port = Number(new URL(stats).port)
    for (const text of [
      '',
      'GET / HT',
      'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
      'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(500),
      'nonsense\r\n\r\n',
    ]) {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      await once(socket, 'connect')
      socket.write(text)
      await (await fetch(stats)).text()
      socket.resetAndDestroy()
    }
    expect((await fetch(stats)).status).toBe(200)
    expect(command.stderr).toBe('')
  })

  it('reports an address that is in use', async () => {
    await using taken = await start(() => new Response(null))
    for (const workers of [[], ['--workers', '1']]) {
      using command = new Command(
        ...['serve', 'hello.ts', '--http', '127.0.0.1:0', '--stats', `127.0.0.1:${taken.port}`, ...workers],
      )
      expect(await command.exit).toBe(1)
      expect(command.stderr).toMatch(/^tsgi: --stats: listen EADDRINUSE/)
    }
  })
})

const worker: WorkerReport = {
  id: 3,
  pid: 70,
  state: 'serving',
  uptime: 3_700,
  ...NO_COUNTERS,
  requests: 100,
  inFlight: 2,
  webSockets: 4,
  rss: 64 * 1024 * 1024,
  duration: { average: 1.25, p50: 1, p95: 2, p99: 3 },
  eventLoopDelay: { p99: 1, max: 4 },
}
const sample: StatsReport = {
  version: '1.2.3',
  pid: 69,
  uptime: 3_701,
  waiting: 1,
  heartbeatKills: 4,
  unresponsive: 2,
  restarts: 5,
  total: { ...NO_COUNTERS, requests: 400 },
  routes: [{ method: 'GET', route: '/', status: '2xx', sum: 1.5, counts: [2, 1, ...Array(11).fill(0), 1] }],
  workers: [worker],
}

describe('prometheus', () => {
  it('writes the text format with types and a cumulative histogram', () => {
    const text = prometheus(sample)
    parseMetrics(text)
    const histogram = (part: string, bound: string, value: number) =>
      `\ntsgi_http_request_duration_seconds_${part}{method="GET",route="/",status="2xx"${bound}} ${value}\n`
    expect(text).toContain(histogram('bucket', ',le="0.001"', 2))
    expect(text).toContain(histogram('bucket', ',le="0.0025"', 3))
    expect(text).toContain(histogram('bucket', ',le="10"', 3))
    expect(text).toContain(histogram('bucket', ',le="+Inf"', 4))
    expect(text).toContain(histogram('sum', '', 1.5))
    expect(text).toContain(histogram('count', '', 4))
    expect(text).toContain('tsgi_worker_rss_bytes{worker="3",pid="70"} 67108864\n')
    expect(text).toContain('tsgi_workers{state="serving"} 1\n')
    expect(text).toContain('tsgi_websockets{worker="3",pid="70"} 4\n')
  })
})

describe('tsgi top', () => {
  it('shows rates since the previous report', () => {
    const before = { ...sample, uptime: 3_699, workers: [{ ...worker, requests: 80 }] }
    expect(formatTop(sample, before)).toBe(
      [
        'tsgi 1.2.3  pid 69  up 1h1m  400 requests (0/s)',
        '1 connections waiting  5 workers restarted  4 killed',
        '',
        'WORKER  PID    STATE    UP  REQUESTS  REQ/S  FLIGHT  EXC  503  SHED  RSS MIB  AVG MS  P50  P95  P99  LOOP MS',
        '     3   70  serving  1h1m       100     10       2    0    0     0       64     1.3  1.0  2.0  3.0      4.0',
        '',
      ].join('\n'),
    )
    expect(formatTop(sample, undefined)).toContain('400 requests (-/s)')
  })

  it('reports errors', async () => {
    for (const [args, code, message] of [
      [['127.0.0.1:1'], 1, /^tsgi: no statistics from 127\.0\.0\.1:1: /],
      [['a b'], 2, /^tsgi: top: ADDRESS must be HOST:PORT, got 'a b'/],
      [['a:1', 'b:2'], 2, /^tsgi: top takes one ADDRESS, got 2/],
    ] as const) {
      using top = new Command('top', ...args)
      expect(await top.exit).toBe(code)
      expect(top.stderr).toMatch(message)
    }
  })
})
