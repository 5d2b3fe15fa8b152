import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Loaded } from '../../test/load-main.ts'

let folder = ''
let loader: ChildProcess
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-load-'))
  loader = fork(join(import.meta.dirname, '../../test/load-main.ts'), { silent: true })
})
afterAll(async () => {
  loader?.kill()
  await rm(folder, { recursive: true })
})

/** Writes the files to a new folder and loads the first of them. The result names the folder `.`. */
async function load(files: Readonly<Record<string, string>>): Promise<Loaded> {
  const home = await mkdtemp(join(folder, 'app-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true })
    await writeFile(join(home, name), content)
  }
  loader.send(join(home, Object.keys(files)[0]!))
  const [loaded]: Loaded[] = await once(loader, 'message')
  return JSON.parse(JSON.stringify(loaded).replaceAll(home, '.'))
}

const compiled = (exports: string) => `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = exports.application = exports.createApplication = void 0;
${exports}`

describe('loadApplication', () => {
  it.each<[string, string, string]>([
    ['the default export', 'app.mjs', 'export default () => new Response("Hello")'],
    ['the export application', 'app.mjs', 'export const application = () => new Response("Hello")'],
    [
      'the export application if the default export is something else',
      'app.mts',
      'export default { port: 3000 as number }; export const application = () => new Response("Hello")',
    ],
    ['a promise', 'app.mjs', 'export default Promise.resolve(() => new Response("Hello"))'],
    ['an object with fetch', 'app.mjs', 'export default { fetch: () => new Response("Hello") }'],
    [
      'an object with fetch as application',
      'app.mjs',
      'export const application = { fetch: async () => new Response("Hello") }',
    ],
    [
      'an instance whose fetch method uses this',
      'app.mjs',
      'export default new (class { #text = "Hello"; fetch() { return new Response(this.#text) } })()',
    ],
    [
      'a function with a fetch method',
      'app.mjs',
      'export default Object.assign(() => 1, { fetch: () => new Response("Hello") })',
    ],
    [
      'the return value of createApplication',
      'app.mjs',
      'export function createApplication() { return () => new Response("Hello") }',
    ],
    [
      'the return value of an async createApplication',
      'app.mjs',
      'export async function createApplication() { return { fetch: () => new Response("Hello") } }',
    ],
    ['module.exports', 'app.cjs', 'module.exports = () => new Response("Hello")'],
    ['module.exports with fetch', 'app.cjs', 'module.exports = { fetch: () => new Response("Hello") }'],
    [
      'module.exports with names that Node cannot see',
      'app.cjs',
      'module.exports = Object.fromEntries([["application", () => new Response("Hello")]])',
    ],
    [
      'exports.default of compiled CommonJS',
      'app.cjs',
      compiled('exports.default = () => new Response("Hello")'),
    ],
    [
      'exports.default with fetch of compiled CommonJS',
      'app.cjs',
      compiled('exports.default = { fetch: () => new Response("Hello") }'),
    ],
    [
      'exports.default of compiled CommonJS rather than exports.application',
      'app.cjs',
      compiled(
        'exports.default = () => new Response("Hello"); exports.application = () => new Response("Bye")',
      ),
    ],
    [
      'exports.application of compiled CommonJS',
      'app.cjs',
      compiled('exports.application = () => new Response("Hello")'),
    ],
    [
      'exports.createApplication of compiled CommonJS',
      'app.cjs',
      compiled('exports.createApplication = async () => () => new Response("Hello")'),
    ],
  ])('loads %s', async (_, name, source) => {
    expect(await load({ [name]: source })).toEqual({
      texts: ['Hello', 'Hello'],
      problems: [],
      members: [],
    })
  })

  it('passes the request, the environ and a context to fetch', async () => {
    const source = `export default {
      fetch(request, env, context) {
        context.waitUntil(Promise.resolve())
        return new Response([request.method, new URL(request.url).pathname, env.pathInfo])
      }
    }`
    expect(await load({ 'app.mjs': source })).toMatchObject({ texts: ['GET,/a/b,/a/b', 'GET,/a/b,/a/b'] })
  })

  it('calls createApplication once', async () => {
    const source = `let calls = 0
      export function createApplication() {
        calls++
        return () => new Response(calls)
      }`
    expect(await load({ 'app.mjs': source })).toMatchObject({ texts: ['1', '1'] })
  })

  it('returns an application with its members, such as the routes of a router', async () => {
    const source = 'export default Object.assign(() => new Response(), { routes: () => [] })'
    expect(await load({ 'app.mjs': source })).toMatchObject({ members: ['routes'] })
  })

  it.each([
    ['nothing', 'app.mjs', '', 'nothing'],
    [
      'other values',
      'app.mjs',
      'export const app = 1; export function handler() {}',
      'app (number), handler (function)',
    ],
    ['an object without fetch', 'app.mjs', 'export default { port: 1 }', 'port (number), default (object)'],
    [
      'a class',
      'app.mjs',
      'export default class { fetch() { return new Response("Hello") } }',
      'default (class)',
    ],
    ['null', 'app.mjs', 'export default null', 'default (object)'],
    ['other values as module.exports', 'app.cjs', 'exports.app = 1', 'app (number), default (object)'],
  ])('says what is expected and what it found if the module exports %s', async (_, name, source, found) => {
    expect(await load({ [name]: source })).toEqual({
      error: 'CommandError',
      message:
        `./${name}: the module must export an application or an object with a fetch method as 'default' or 'application', ` +
        `or a function that returns one as 'createApplication'; it exports ${found}`,
    })
  })

  it('rejects a createApplication that does not return an application', async () => {
    const source = 'export const createApplication = async () => ({ app: 1 })'
    expect(await load({ 'app.mjs': source })).toEqual({
      error: 'CommandError',
      message:
        './app.mjs: createApplication() must return an application or an object with a fetch method, got an instance of Object',
    })
  })

  it.each([
    ['default', 'export default async () => () => new Response("Hello")'],
    ['application', 'export const application = () => ({ fetch: () => new Response("Hello") })'],
  ])('says how to export a factory if the export %s is one', async (name, source) => {
    const problem = `./app.mjs: the export '${name}' returned an application. Export a factory as 'createApplication'`
    const text = '{"type":"about:blank","title":"Internal Server Error","status":500}'
    expect(await load({ 'app.mjs': source })).toEqual({
      texts: [text, text],
      problems: [problem, problem],
      members: [],
    })
  })

  it('throws the error that createApplication throws', async () => {
    const source = 'export async function createApplication() { throw new RangeError("no database") }'
    expect(await load({ 'app.mjs': source })).toEqual({ error: 'RangeError', message: 'no database' })
  })
})

describe('loadApplication in a package with "type": "commonjs"', () => {
  const manifest = { 'package.json': '{ "type": "commonjs" }' }

  it.each([
    ['import', 'app.ts', 'import { join } from "node:path"; export default () => new Response(join("a"))'],
    ['export', 'app.js', 'export default () => new Response("Hello")'],
    ['await', 'app.ts', 'await Promise.resolve(); export default () => new Response("Hello")'],
    ['import.meta', 'app.js', 'module.exports = () => new Response(import.meta.url)'],
  ])('says how to load a file that contains %s', async (_, name, source) => {
    expect(await load({ [name]: source, ...manifest })).toEqual({
      error: 'CommandError',
      message:
        `./${name} has the syntax of an ES module, but ./package.json has "type": "commonjs". ` +
        `Set "type": "module" there, or rename the file to end in .m${name.slice(4)}`,
    })
  })

  it('names the imported file that has the syntax, and its package.json', async () => {
    const files = {
      'app.mjs': 'import "./lib/inner/data.ts"; export default () => new Response("Hello")',
      'lib/package.json': '{ "type": "commonjs" }',
      'lib/inner/data.ts': 'export const data = 1',
    }
    expect(await load(files)).toMatchObject({
      message: expect.stringMatching(/^\.\/lib\/inner\/data\.ts has .* but \.\/lib\/package\.json has /),
    })
  })

  it.each([
    ['app.js', 'module.exports = ('],
    ['app.cjs', 'export default 1'],
  ])('shows the syntax error of %s, which contains %j', async (name, source) => {
    expect(await load({ [name]: source, ...manifest })).toMatchObject({
      error: 'CommandError',
      message: expect.stringContaining(source),
    })
  })

  it('loads CommonJS', async () => {
    const source = 'exports.application = (): Response => new Response("Hello")'
    expect(await load({ 'app.ts': source, ...manifest })).toMatchObject({ texts: ['Hello', 'Hello'] })
  })
})
