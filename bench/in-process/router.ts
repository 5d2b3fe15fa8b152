import type { Row } from '../harness/work.ts'
import { inProcess, type MeasureRows } from './in-process.ts'
import { averageRounds, full, measure, quick, type Subject } from './measure.ts'
import { contenders, type Found, type RouterContender } from './router-contenders.ts'
import { kinds, makeRequests, makeRoutes, type TableRequest } from './router-table.ts'

const sizes = [12, 100, 1000, 10_000] as const

type Table = RouterContender & ReturnType<RouterContender['build']>

/** The table of the benchmarks of Hono and rou3, and larger ones. */
export const router = inProcess({
  name: 'router',
  about: 'Looks up a method and a path among 12 to 10,000 routes: the route and its parameters.',
  headline: 'mean of 12',
  targets: [
    { figure: 'mean of 12', against: 'best peer', atLeast: 1 },
    { figure: '10,000 by 100', against: 'nobody', atLeast: 0.667 },
  ],
  notes: [
    'CPU time of one lookup. Each finds the route and its percent-decoded parameters by name; ours also decides on 405.',
    'Hono reads parameters in `c.req.param()`, and rou3 leaves decoding to its user. Both are included, as Hono and h3 do it.',
    'Larger tables are copies of the twelve routes with different first segments. The requests go to eight copies spread over the table.',
    '`new paths`: each path is a new string, as in a server. The other figures repeat the same strings.',
  ],
})

export const measureRows: MeasureRows = async (isQuick) => {
  const settings = isQuick ? quick : { ...full, milliseconds: 6 }
  const rows = contenders.map(
    ({ name, apart }): Row => ({ contender: name, figures: {}, errors: 0, ...(apart && { apart }) }),
  )
  const add = (figure: string, values: Map<string, number[]>, unit = 'ns') => {
    for (const row of rows)
      row.figures[figure] = { unit, better: 'lower', values: values.get(row.contender)! }
  }
  const means = new Map<number, Map<string, number[]>>()
  for (const size of sizes) {
    const requests = makeRequests(size)
    const tables = buildTables(size)
    for (const [index, table] of tables.entries()) rows[index]!.errors += mistakes(table, requests).length
    // All requests in one measurement, because a lookup is only optimized realistically after every kind of request.
    const subjects = tables.flatMap((table) => kinds.map((kind) => kindSubject(table, kind, requests)))
    const fresh = size === sizes[0] ? tables.map((table) => freshSubject(table, requests)) : []
    const values = await measure([...subjects, ...fresh], settings)
    const ofKinds = kinds.map((kind) => perContender((name) => values.get(`${name} ${kind}`)!))
    if (size === sizes[0]) for (const [index, kind] of kinds.entries()) add(kind, ofKinds[index]!)
    const mean = perContender((name) => averageRounds(ofKinds.map((kind) => kind.get(name)!)))
    means.set(size, mean)
    add(`mean of ${size.toLocaleString('en')}`, mean)
    if (size === sizes[0])
      add(
        'new paths',
        perContender((name) => values.get(`${name} fresh`)!),
      )
  }
  const [few, many] = [means.get(100)!, means.get(10_000)!]
  add(
    '10,000 by 100',
    perContender((name) => many.get(name)!.map((value, round) => value / few.get(name)![round]!)),
    '×',
  )
  return rows
}

export function buildTables(size: number): Table[] {
  const routes = makeRoutes(size)
  return contenders.map((contender) => ({ ...contender, ...contender.build(routes) }))
}

/** Returns the requests with a wrong result. */
export function mistakes(table: Table, requests: readonly TableRequest[]): TableRequest[] {
  return requests.filter(({ method, path, route, params }) => {
    const found: Found = table.read(table.lookUp(method, path))
    const { '*': wildcard, ...named } = params
    const expected = table.withoutWildcard && wildcard !== undefined ? named : params
    return found.route !== route || !sameParams(found.params, expected)
  })
}

function sameParams(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

export function kindSubject({ name, lookUp }: Table, kind: string, all: readonly TableRequest[]): Subject {
  const requests = all
    .filter((request) => request.kind === kind)
    // New strings, as a server creates them: engines internalize a string that was used as a key.
    .map((request) => ({ method: request.method, path: copyOf(request.path) }))
  return {
    name: `${name} ${kind}`,
    run(times) {
      let last: unknown
      for (let time = 0; time < times; time++) {
        const { method, path } = requests[time % requests.length]!
        last = lookUp(method, path)
      }
      return last
    },
  }
}

export function freshSubject({ name, lookUp }: Table, requests: readonly TableRequest[]): Subject {
  let paths: string[] = []
  return {
    name: `${name} fresh`,
    prepare(times) {
      paths = Array.from({ length: times }, (_, time) => copyOf(requests[time % requests.length]!.path))
    },
    run(times) {
      let last: unknown
      for (let time = 0; time < times; time++) {
        last = lookUp(requests[time % requests.length]!.method, paths[time]!)
      }
      return last
    },
  }
}

function perContender(values: (name: string) => number[]): Map<string, number[]> {
  return new Map(contenders.map(({ name }) => [name, values(name)]))
}

function copyOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}
