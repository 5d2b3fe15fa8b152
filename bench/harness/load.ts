/** Sends as many requests as a server can handle: with wrk if it is installed, otherwise with autocannon. */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import type { Exchange } from './exchange.ts'
import { startProcess } from './processes.ts'

export type LoadRequest = Omit<Exchange, 'answer'>

export interface LoadOptions {
  port: number
  /** The requests that each connection sends in turn. */
  requests: readonly LoadRequest[]
  /** Duration in seconds. */
  seconds: number
  /** Number of connections, each with one request in flight. Default: 64. */
  connections?: number
}

export interface LoadResult {
  requests: number
  requestsPerSecond: number
  /** Number of failed requests and of responses with a status other than 2xx and 3xx. */
  errors: number
}

const wrk = wrkVersion()

/** The load generator. */
export const generator: string = wrk === undefined ? 'autocannon' : `wrk ${wrk}`

/** Puts load on a server on 127.0.0.1 for some seconds. */
export function load(options: LoadOptions): Promise<LoadResult> {
  return wrk !== undefined ? loadWithWrk(options) : loadWithAutocannon(options)
}

/** The Lua script for wrk, with the requests as bytes. wrk calls `request` once before it starts. */
export function wrkScript(port: number, requests: readonly LoadRequest[]): string {
  const texts = requests.map((request) => `  ${luaString(requestText(port, request))},`)
  return `local requests = {
${texts.join('\n')}
}
local at, calls = 0, 0
function request()
  calls = calls + 1
  if calls == 2 then io.stderr:write("started\\n") end
  at = at % #requests + 1
  return requests[at]
end
function done(summary)
  local e = summary.errors
  io.write(string.format("\\nmeasured %d %d %d\\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`
}

/** Serializes a request. */
export function requestText(port: number, { method = 'GET', path, headers = {}, body }: LoadRequest): string {
  const fields: Record<string, string | number> = { host: `127.0.0.1:${port}`, ...headers }
  if (body !== undefined) fields['content-length'] = Buffer.byteLength(body)
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

async function loadWithWrk({ port, requests, seconds, connections = 64 }: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tsgi-wrk-'))
  // If this process is stopped early.
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    const script = join(folder, 'requests.lua')
    writeFileSync(script, wrkScript(port, requests))
    const wrk = startProcess(
      'wrk',
      ['-t1', `-c${connections}`, '-d1m', '-s', script, `http://127.0.0.1:${port}`],
      { stdio: ['ignore', 'pipe', 'pipe'], timeout: seconds * 1_000 + 10_000 },
    )
    let printed = ''
    for (const stream of [wrk.stdout!, wrk.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    // wrk only counts whole seconds. On SIGINT, it stops and reports what it has measured.
    wrk.stderr!.once('data', () => setTimeout(() => wrk.kill('SIGINT'), seconds * 1_000))
    await once(wrk, 'close')
    const measured = /^measured (\d+) (\d+) (\d+)$/m.exec(printed)
    if (measured === null) throw new Error(`wrk failed:\n${printed}`)
    const [count, microseconds, errors] = measured.slice(1).map(Number) as [number, number, number]
    return { requests: count, requestsPerSecond: count / (microseconds / 1e6), errors }
  } finally {
    process.off('exit', remove)
    remove()
  }
}

async function loadWithAutocannon({
  port,
  requests,
  seconds,
  connections = 64,
}: LoadOptions): Promise<LoadResult> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    duration: seconds,
    requests: requests.map(({ method = 'GET', path, headers, body }) => ({
      method: method as 'GET',
      path,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    })),
  })
  const { total } = result.requests
  return {
    requests: total,
    requestsPerSecond: total / result.duration,
    errors: result.errors + result.timeouts + result['4xx'] + result['5xx'],
  }
}

/** Escapes every byte that is not plain as `\ddd`. */
function luaString(text: string): string {
  const bytes = Array.from(Buffer.from(text), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
      ? `\\${String(byte).padStart(3, '0')}`
      : String.fromCharCode(byte),
  )
  return `"${bytes.join('')}"`
}

/** Returns the version, or undefined if it is not installed. */
function wrkVersion(): string | undefined {
  const { stdout } = spawnSync('wrk', ['-v'], { encoding: 'utf8' })
  return /^wrk (?:\w+\/)?(\S+)/.exec(stdout ?? '')?.[1]
}
