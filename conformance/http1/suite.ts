import { type Application, text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../packages/server/test/raw-client.ts'
import { get, type Outcome, PROBE, type Row, UNREAD } from './table.ts'
import { incomplete } from './tables/incomplete.ts'
import { tables } from './tables/index.ts'
import { cuts, talk } from './talk.ts'

/** A server under test. */
export interface Engine extends AsyncDisposable {
  readonly port: number
  /** What it has reported. */
  readonly errors: readonly unknown[]
}

const PROBED = 'GET probe/probe '

/** Byte by byte, a case of this size would only take long. */
const LARGE = 10_000

/** Runs all tables of HTTP/1.1 against a server. */
export function describeHttp1(name: string, start: (app: Application) => Promise<Engine>): void {
  const seen: string[] = []
  let engine: Engine
  beforeAll(async () => {
    engine = await start(async ({ method, host, pathInfo, queryString, request }) => {
      const body = pathInfo === UNREAD ? '' : await request.text()
      const query = queryString && `?${queryString}`
      seen.push(`${method} ${host}${pathInfo}${query} ${body}`)
      return text(body)
    })
  })
  afterAll(() => engine[Symbol.asyncDispose]())

  async function check([, bytes, expected]: Row, cut: string) {
    seen.length = 0
    const methods = expected[0]!.requests.map(methodOf)
    const { statuses, connection } = await talk(
      engine.port,
      cuts[cut]!(Buffer.from(bytes + PROBE, 'latin1')),
      methods,
    )
    const refusals = statuses.filter((status) => status >= 400)
    expect(expected, cut).toContainEqual(outcomeOf(seen, refusals[0]))
    expect(statuses, cut).toEqual([...seen.map(() => 200), ...refusals.slice(0, 1)])
    expect([connection, engine.errors], cut).toEqual(['close', []])
  }

  describe.each(Object.entries(tables))(`${name}, %s`, (_, table) => {
    it.each(table.map((row) => ({ name: row[0], source: row[3], row })))(
      '$name ($source)',
      async ({ row }) => {
        for (const cut of row[1].length > LARGE ? ['at once'] : Object.keys(cuts)) {
          await check(row, cut)
          await check(second(row), cut)
        }
      },
    )
  })

  describe(`${name}, an incomplete request`, () => {
    it.each(incomplete)('waits for the rest if it stops %s', async (_, request, cut) => {
      seen.length = 0
      using client = new RawClient(engine.port)
      client.send(request.slice(0, at(request, cut)))
      // A request on another connection shows that the server has had time to read the first part.
      await talk(engine.port, [Buffer.from(PROBE)], [])
      expect([client.received, client.ended, seen]).toEqual(['', false, [PROBED]])
      client.send(request.slice(at(request, cut)))
      expect(await client.response()).toMatchObject({ status: 200, body: 'hello' })
      expect(seen).toEqual([PROBED, 'POST a/ hello'])
      expect(engine.errors).toEqual([])
    })
  })
}

/** The same case on a connection on which another request came before it. */
function second([name, bytes, expected, source]: Row): Row {
  const outcomes = expected.map((outcome) => ({
    ...outcome,
    requests: ['GET a/first ', ...outcome.requests],
  }))
  return [`${name}, second`, get('/first') + bytes, outcomes, source]
}

function outcomeOf(seen: readonly string[], refusal: number | undefined): Outcome {
  const persists = seen.at(-1) === PROBED
  const requests = persists ? seen.slice(0, -1) : [...seen]
  return refusal === undefined ? { requests, persists } : { requests, refusal, persists }
}

function at(text: string, cut: number): number {
  return cut < 0 ? text.length + cut : cut
}

function methodOf(request: string): string {
  return request.slice(0, request.indexOf(' '))
}
