/** The contenders and their versions. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const bench = join(import.meta.dirname, '..')

export interface Contender {
  /** The name of its folder in `contenders/`. */
  name: string
  /** The packages that its programs use. */
  packages: string[]
  /** The contender whose programs it runs, with other environment variables. Default: it has programs of its own. */
  variantOf?: string
  env?: Record<string, string>
}

/** All contenders, in the order of rounds and tables. */
export const contenders: readonly Contender[] = [
  { name: 'node-http', packages: [] },
  { name: 'hono', packages: ['hono', '@hono/node-server', '@hono/zod-validator'] },
  { name: 'fastify', packages: ['fastify', 'fastify-type-provider-zod', '@fastify/compress'] },
  { name: 'h3', packages: ['h3', 'srvx'] },
  { name: 'koa', packages: ['koa', '@koa/router', '@koa/bodyparser', 'koa-compress'] },
  { name: 'express', packages: ['express', 'compression'] },
  {
    name: 'remix',
    packages: [
      '@remix-run/fetch-router',
      '@remix-run/node-fetch-server',
      '@remix-run/compression-middleware',
    ],
  },
  {
    name: 'tsgi',
    packages: [
      '@tsgi/core',
      '@tsgi/server',
      '@tsgi/router',
      '@tsgi/args',
      '@tsgi/compress',
      '@tsgi/websocket',
    ],
  },
  { name: 'tsgi (engine)', variantOf: 'tsgi', env: { ENGINE: 'tsgi' }, packages: ['@tsgi/http1'] },
]

/** The contender that all others are compared to, if it takes part. */
export const baseline = 'node-http'

export function isOurs(contender: string): boolean {
  return contender.startsWith('tsgi')
}

/** Returns the contenders that have a program for the work. @param only Their names. Default: all. */
export function contendersOf(work: string, only?: readonly string[]): Contender[] {
  return contenders
    .filter(({ name }) => existsSync(join(bench, 'contenders', folderOf(name), `${work}.ts`)))
    .filter(({ name }) => only === undefined || only.includes(name))
}

/** Returns the folder of a contender's programs. */
export function folderOf(contender: string): string {
  return settingsOf(contender)?.variantOf ?? contender
}

/** Returns the environment variables of a contender's programs. */
export function envOf(contender: string): Record<string, string> {
  return settingsOf(contender)?.env ?? {}
}

function settingsOf(contender: string): Contender | undefined {
  return contenders.find(({ name }) => name === contender)
}

/** Returns the installed versions: `fastify 5.12.8`, … */
export function versionsOf({ packages }: Pick<Contender, 'packages'>): string[] {
  return packages.map((name) => {
    const manifest = readFileSync(join(bench, 'node_modules', name, 'package.json'), 'utf8')
    return `${name} ${JSON.parse(manifest).version}`
  })
}
