/** The program of the page about moving, in each framework: all respond alike to the same requests. */
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { toFetch } from '@tsgi/core'
import type { FastifyInstance } from 'fastify'
import { afterAll, describe, expect, it } from 'vitest'
import { hasPython, runPython } from './python.ts'

const page = readFileSync(join(import.meta.dirname, 'guides/moving.md'), 'utf8')
/** Inside this folder, so that the programs find the frameworks. */
const scratch = join(import.meta.dirname, '.build/moving')
mkdirSync(scratch, { recursive: true })
afterAll(() => rmSync(scratch, { recursive: true }))

const requests = [
  ['GET', '/'],
  ['GET', '/users/1'],
  ['GET', '/users/9'],
  ['PUT', '/users/2', '{"name":"Grace"}'],
  ['GET', '/users/2'],
  ['PUT', '/users/2', '{"name":""}'],
  ['PUT', '/users/2', '{"name":'],
] as const

const expected = [
  '200 timed: Hello',
  '200 timed: {"name":"Ada"}',
  '404 timed: No such user',
  '200 timed: {"name":"Grace"}',
  '200 timed: {"name":"Grace"}',
  '422 timed: ',
  '400 timed: ',
]

interface Answer {
  readonly status: number
  readonly timing: string | null
  readonly body: string
}

/** Describes a response. The frameworks describe errors in different words. */
function summarize({ status, timing, body }: Answer): string {
  const text = status < 400 ? body.trim() : (/No such user/.exec(body) ?? [''])[0]
  return `${status} ${/^app;dur=\d+\.\d$/.test(timing ?? '') ? 'timed' : 'not timed'}: ${text}`
}

/** Writes the first block of a section to a file. */
function write(section: string, file: string, end = ''): string {
  const [, program] = /^```\w+\n([\s\S]*?)^```$/m.exec(page.slice(page.indexOf(`# ${section}\n`))) ?? []
  writeFileSync(join(scratch, file), `${program}${end}`)
  return join(scratch, file)
}

/** Loads the program of a section, which calls its application `app`. */
async function load<App>(section: string): Promise<App> {
  return (await import(write(section, `${section}.js`, 'export { app }\n'))).app
}

type Send = (request: Request) => Promise<Response>

async function answersOf(send: Send, origin = 'http://localhost'): Promise<string[]> {
  const answers: string[] = []
  for (const [method, path, body] of requests) {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await send(new Request(origin + path, { method, headers, body: body ?? null }))
    const timing = response.headers.get('server-timing')
    answers.push(summarize({ status: response.status, timing, body: await response.text() }))
  }
  return answers
}

async function answersOfListener(listener: RequestListener): Promise<string[]> {
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    return await answersOf(fetch, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('the program of the page about moving', () => {
  it('responds like this in TSGI', async () => {
    const { application } = await import(write('Moving from another framework', 'tsgi.ts'))
    expect(await answersOf(toFetch(application))).toEqual(expected)
  })

  it('responds in the same way in Express', async () => {
    expect(await answersOfListener(await load<RequestListener>('Express'))).toEqual(expected)
  })

  it('responds in the same way in Koa', async () => {
    expect(await answersOfListener((await load<{ callback(): RequestListener }>('Koa')).callback())).toEqual(
      expected,
    )
  })

  it('responds in the same way in Hono', async () => {
    expect(await answersOf((await load<{ fetch: Send }>('Hono')).fetch)).toEqual(expected)
  })

  it('responds in the same way in Fastify', async () => {
    const app = await load<FastifyInstance>('Fastify')
    await app.ready()
    expect(await answersOfListener(app.routing)).toEqual(expected)
    await app.close()
  })
})

const hasFlask = hasPython && runPython(scratch, 'import flask') === undefined

describe.runIf(hasPython)('the program of the page about moving, in Python', () => {
  it(
    hasFlask
      ? 'responds in the same way in Flask'
      : 'is valid Python (Flask is not installed, so its responses are not compared)',
    () => {
      write('Flask', 'program.py')
      const compile = `compile(open('program.py').read(), 'program.py', 'exec')`
      expect(runPython(scratch, compile)).toBeUndefined()
      if (!hasFlask) return
      writeFileSync(join(scratch, 'requests.json'), JSON.stringify(requests))
      expect(runPython(scratch, askFlask)).toBeUndefined()
      const answers: Answer[] = JSON.parse(readFileSync(join(scratch, 'answers.json'), 'utf8'))
      expect(answers.map(summarize)).toEqual(expected)
    },
  )
})

const askFlask = `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ".")
from program import app

client = app.test_client()
answers = []
for method, path, *body in json.load(open("requests.json")):
    response = client.open(path, method=method, data="".join(body), content_type="application/json")
    timing = response.headers.get("Server-Timing")
    answers.append({"status": response.status_code, "timing": timing, "body": response.get_data(as_text=True)})
with open("answers.json", "w") as file:
    json.dump(answers, file)
`
