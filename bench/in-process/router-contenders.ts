/**
 * The routers. Each finds the route for a method and a path, and its percent-decoded parameters by name.
 */
import { json } from '@tsgi/core'
import { testEnviron } from '@tsgi/core/testing'
import { type RouteTable, router } from '@tsgi/router'
import findMyWay from 'find-my-way'
import type { Result, Router } from 'hono/router'
import { LinearRouter } from 'hono/router/linear-router'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import { Memoirist } from 'memoirist'
import { addRoute, createRouter, findRoute } from 'rou3'
import { compileRouter } from 'rou3/compiler'
import { compileTable } from '../../packages/router/src/compile-table.ts'
import { readParams } from '../../packages/router/src/match/decode.ts'
import type { TableRoute } from './router-table.ts'

/** The handler: here, the index of the route in the table. */
export interface Found {
  route: number
  params: Record<string, unknown>
}

export interface RouterContender {
  name: string
  /** Why it is not a peer; see Row. */
  apart?: string
  /** Whether it returns only the route for a wildcard, without its value. */
  withoutWildcard?: true
  /** Builds the table as a user of the router does. */
  build(routes: readonly TableRoute[]): {
    lookUp(method: string, path: string): unknown
    /** Converts the result to the form that is checked. Not measured. */
    read(result: unknown): Found
  }
}

const generates = 'Makes functions of text, which Workers and a strict Content-Security-Policy forbid.'

export const contenders: readonly RouterContender[] = [
  {
    name: 'tsgi',
    build(routes) {
      const places: unknown[] = []
      const marks: number[] = []
      const { tree } = compileTable(tsgiTable(routes, (route) => (places[route] = () => json(route))))
      return {
        lookUp(method, path) {
          const match = tree.find(path, marks)
          if (match === undefined) return undefined
          const application = match.route.methods.applicationFor(method)
          return { application, params: readParams(match.form.keys, path, marks, undefined) }
        },
        read(result) {
          const { application, params } = result as { application: unknown; params: Record<string, unknown> }
          return { route: places.indexOf(application), params: wildcardAsText(params) }
        },
      }
    },
  },
  {
    name: 'rou3',
    build(routes) {
      const table = createRouter<number>()
      for (const [route, { method, pattern }] of routes.entries()) {
        addRoute(table, method, pattern.replace(/\*$/, '**:wildcard'), route)
      }
      return { lookUp: (method, path) => decoded(path, findRoute(table, method, path)), read: readRou3 }
    },
  },
  {
    name: 'memoirist',
    build(routes) {
      const table = new Memoirist<number>({ onParam: (text) => (text.includes('%') ? decode(text) : text) })
      for (const [route, { method, pattern }] of routes.entries()) table.add(method, pattern, route)
      return {
        lookUp: (method, path) => table.find(method, path),
        read(result) {
          const { store, params } = result as { store: number; params: Record<string, string> }
          return { route: store, params }
        },
      }
    },
  },
  { name: 'hono RegExpRouter', withoutWildcard: true, build: hono(() => new RegExpRouter()) },
  {
    name: 'hono SmartRouter',
    withoutWildcard: true,
    build: hono(() => new SmartRouter({ routers: [new RegExpRouter(), new TrieRouter()] })),
  },
  { name: 'hono TrieRouter', withoutWildcard: true, build: hono(() => new TrieRouter()) },
  { name: 'hono LinearRouter', withoutWildcard: true, build: hono(() => new LinearRouter()) },
  {
    name: 'find-my-way',
    apart: generates,
    build(routes) {
      const table = findMyWay()
      for (const [route, { method, pattern }] of routes.entries()) {
        table.on(method, pattern, () => {}, { route })
      }
      return {
        lookUp: (method, path) => table.find(method as 'GET', path),
        read(result) {
          const { store, params } = result as { store: { route: number }; params: Record<string, string> }
          return { route: store.route, params }
        },
      }
    },
  },
  {
    name: 'rou3 compiled',
    apart: generates,
    build(routes) {
      const table = createRouter<number>()
      for (const [route, { method, pattern }] of routes.entries()) {
        addRoute(table, method, pattern.replace(/\*$/, '**:wildcard'), route)
      }
      const find = compileRouter(table)
      return { lookUp: (method, path) => decoded(path, find(method, path)), read: readRou3 }
    },
  },
  {
    name: 'tsgi (whole call)',
    apart: 'Calls the handler, too, with an environ of its own.',
    build(routes) {
      let called: Found | undefined
      const response = json('')
      const app = router(
        tsgiTable(routes, (route) => ({ params }) => {
          called = { route, params }
          return response
        }),
      )
      const environs = new Map<string, ReturnType<typeof testEnviron>>()
      return {
        lookUp(method, path) {
          // A gateway creates one per request. Here there is one per path, because it is not what is measured.
          const environ = environs.get(path) ?? testEnviron(path, { method })
          environs.set(path, environ)
          app(environ)
          return called
        },
        read(result) {
          const { route, params } = result as Found
          return { route, params: wildcardAsText(params) }
        },
      }
    },
  },
]

/** A pattern is one key of the table for all its methods. */
function tsgiTable<Handler>(
  routes: readonly TableRoute[],
  handler: (route: number) => Handler,
): RouteTable<string> & Record<string, Record<string, Handler>> {
  const table: Record<string, Record<string, Handler>> = {}
  for (const [route, { method, pattern }] of routes.entries()) {
    const key = pattern.replace(/\*$/, '*wildcard')
    table[key] = { ...table[key], [method]: handler(route) }
  }
  return table as RouteTable<string> & Record<string, Record<string, Handler>>
}

/** A wildcard is a list of segments here, and a string in other routers. */
function wildcardAsText({ wildcard, ...params }: Record<string, unknown>): Record<string, unknown> {
  return wildcard === undefined ? params : { ...params, '*': (wildcard as string[]).join('/') }
}

function readRou3(result: unknown): Found {
  const { data, params = {} } = result as { data: number; params?: Record<string, string> }
  const { wildcard, ...rest } = params
  return { route: data, params: wildcard === undefined ? rest : { ...rest, '*': wildcard } }
}

/** Decodes the parameters of rou3 as h3 does. */
function decoded<Match extends { params?: Record<string, string> } | undefined>(
  path: string,
  match: Match,
): Match {
  const params = match?.params
  if (params !== undefined && path.includes('%')) {
    for (const name of Object.keys(params)) params[name] = decode(params[name]!)
  }
  return match
}

/** Reads the parameters from the result of Hono's routers as `c.req.param()` does. */
function hono(make: () => Router<number>): RouterContender['build'] {
  return (routes) => {
    const table = make()
    for (const [route, { method, pattern }] of routes.entries()) table.add(method, pattern, route)
    return {
      lookUp(method, path) {
        const [handlers, stash] = table.match(method, path) as Result<number>
        const [data, names] = handlers[0]!
        const params: Record<string, string> = {}
        for (const name of Object.keys(names)) {
          const place = names[name]!
          const text = stash === undefined ? (place as string) : stash[place as number]!
          params[name] = text.includes('%') ? decode(text) : text
        }
        return { data, params }
      },
      read(result) {
        const { data, params } = result as { data: number; params: Record<string, string> }
        return { route: data, params: { ...params } }
      },
    }
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
