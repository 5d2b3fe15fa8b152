import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Application, lint, text, toFetch } from '@tsgi/core'
import { encodePacket } from '@tsgi/uwsgi'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../test/certificate.ts'
import { type Case, hostileApplications, hostileEndings } from '../../test/hostile-applications.ts'
import { serve } from '../../test/serve.ts'
import type { Server } from '../index.ts'

/** Sends a request. Resolves when the response has ended or was cut off, or when the client has disconnected early. */
type Send = (method: string, path: string, leavesEarly: boolean) => Promise<unknown>

/** Number of cases that are tried at a time. */
const BATCH = 20
/** Milliseconds for one response. */
const MAX_MS = 10_000

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

/** Collects the errors that would have ended the process, and the reports. */
class Problems implements Disposable {
  readonly fatal: string[] = []
  readonly reported: unknown[] = []
  current = ''

  constructor() {
    process.on('uncaughtException', this.#keep)
    process.on('unhandledRejection', this.#keep)
  }

  readonly #keep = (error: unknown) => void this.fatal.push(`${this.current}: ${String(error)}`)

  write(problem: unknown): void {
    this.reported.push(problem)
  }

  [Symbol.dispose](): void {
    process.off('uncaughtException', this.#keep)
    process.off('unhandledRejection', this.#keep)
  }
}

/** Sends bytes and reads until the connection ends, or until the first bytes have arrived. */
function exchange(port: number, bytes: string | Uint8Array, leavesEarly: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.on('data', () => leavesEarly && socket.resetAndDestroy())
    socket.on('close', () => resolve())
    socket.write(bytes)
  })
}

function overHttp1(server: Server, version: string): Send {
  const port = Number(new URL(server.addresses[0]!).port)
  return (method, path, leavesEarly) => {
    return exchange(
      port,
      `${method} ${path} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`,
      leavesEarly,
    )
  }
}

function overHttp2(server: Server): Send {
  const open = () => {
    const session = connectHttp2(server.addresses[1]!, { ca: certificate.ca })
    return session.on('error', () => {})
  }
  let shared: ClientHttp2Session | undefined
  return (method, path, leavesEarly) =>
    new Promise((resolve) => {
      if (shared?.closed !== false) shared = open()
      const session = leavesEarly ? open() : shared
      const stream = session.request({ ':method': method, ':path': path })
      stream.on('error', () => {})
      stream.on('data', () => leavesEarly && session.destroy())
      stream.on('close', () => resolve(undefined))
      stream.end()
    })
}

function overUwsgi(server: Server): Send {
  const port = Number(new URL(server.addresses[2]!).port)
  return (method, path, leavesEarly) => {
    const variables = ['REQUEST_METHOD', method, 'REQUEST_URI', path, 'PATH_INFO', path, 'HTTP_HOST', 'a']
    return exchange(port, encodePacket(variables), leavesEarly)
  }
}

function throughFetch(app: Application, errors: Problems): Send {
  // With an observer, the body is read by the gateway instead of the runtime.
  const fetch = toFetch(app, { errors, observers: [{}] })
  return async (method, path, leavesEarly) => {
    const response = await fetch(new Request(`http://a${path}`, { method }))
    if (!leavesEarly) return response.bytes().catch(() => {})
    const reader = response.body?.getReader()
    await reader?.read()
    void reader?.cancel().catch(() => {})
  }
}

/** Resolves to whether a promise is still pending after {@link MAX_MS}. */
async function isLate(promise: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController()
  const timer = delay(MAX_MS, true, { signal: limit.signal }).catch(() => false)
  const late = await Promise.race([timer, promise.then(() => false)])
  limit.abort()
  return late
}

describe.each([
  ['an application that returns, throws or streams anything', hostileApplications, ['GET', 'HEAD'], false],
  ['a body whose end goes wrong when the client disconnects', hostileEndings, ['GET'], true],
] as const)('%s', (_, cases: readonly Case[], methods, leavesEarly) => {
  it.each([
    ['as it is', (app: Application) => app],
    ['with lint', lint],
  ] as const)(
    'neither ends the process nor leaves a client waiting, %s',
    { timeout: 60_000 },
    async (_, wrap) => {
      using problems = new Problems()
      const app = wrap((environ) => {
        const make = cases[Number(environ.pathInfo.slice(1))]?.[1]
        return make === undefined ? text('alive') : make()(environ)
      })
      const server = await serve(app, {
        listen: ['http://127.0.0.1:0', 'https://127.0.0.1:0', 'uwsgi://127.0.0.1:0'],
        tls: certificate.files,
        errors: problems,
        gracefulTimeout: 200,
      })
      const sends: Record<string, Send> = {
        'HTTP/1.1': overHttp1(server, '1.1'),
        'HTTP/1.0': overHttp1(server, '1.0'),
        'HTTP/2': overHttp2(server),
        uwsgi: overUwsgi(server),
        toFetch: throughFetch(app, problems),
      }
      const late: string[] = []
      for (let from = 0; from < cases.length; from += BATCH) {
        const batch = cases.slice(from, from + BATCH)
        problems.current = `one of ${batch.map(([name]) => name).join(', ')}`
        const responses = batch.flatMap(([name], at) =>
          methods.flatMap((method) =>
            Object.entries(sends).map(async ([gateway, send]) => {
              if (await isLate(send(method, `/${from + at}`, leavesEarly)))
                late.push(`${method} ${name}: ${gateway}`)
            }),
          ),
        )
        await Promise.all(responses)
      }
      // An unhandled rejection is found at the end of a turn.
      await delay(50)
      expect([problems.fatal, late]).toEqual([[], []])
      expect(problems.reported.length).toBeGreaterThan(0)
      expect(await (await fetch(`${server.addresses[0]}/alive`)).text()).toBe('alive')
      await server.close()
    },
  )
})
