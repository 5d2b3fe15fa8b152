/**
 * Puts a real cache in front of the site: nginx, which stores what the responses allow.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lint } from '@tsgi/core'
import { type Server, serve } from '@tsgi/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../scripts/ports.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { Nginx } from '../12-behind-nginx/front.ts'

const folder = mkdtempSync(join(tmpdir(), 'postcards-cache-'))
Object.assign(process.env, {
  POSTCARDS_DATA: folder,
  PARTNER_ORIGIN: 'https://partner.example',
  LOG_LEVEL: 'silent',
})
const { application } = await import('./app.ts')
const nginx = requireProgram('nginx')

const servers = (port: number, backend: string) => `
proxy_cache_path ${folder}/cache keys_zone=site:1m;
server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass ${backend};
    proxy_set_header Host $http_host;
    proxy_cache site;
    proxy_cache_revalidate on;
    add_header X-Cache $upstream_cache_status always;
  }
}`

describe.runIf(nginx)('behind a shared cache', () => {
  let server: Server
  let front: Nginx
  let site: string

  beforeAll(async () => {
    server = await serve(lint(application), { listen: 'http://127.0.0.1:0', trustProxy: 1 })
    const port = await freePort()
    front = await Nginx.start(servers(port, server.addresses[0]!))
    site = `http://127.0.0.1:${port}`
  })

  afterAll(async () => {
    await front?.[Symbol.asyncDispose]()
    await server?.close()
    rmSync(folder, { recursive: true })
  })

  /** Returns what the cache did, such as HIT, and the response. */
  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(site + path, { headers })
    return { cache: response.headers.get('x-cache'), response, text: await response.text() }
  }

  async function signUp(name: string): Promise<Record<string, string>> {
    const body = new URLSearchParams({ name, password: 'long enough' })
    const response = await fetch(`${site}/sign-up`, { method: 'POST', body, redirect: 'manual' })
    return { cookie: response.headers.getSetCookie()[0]!.split(';')[0]! }
  }

  it('never shows the page of one visitor to another', async () => {
    const ada = await signUp('Ada')
    const own = await get('/', ada)
    expect(own.text).toContain('Signed in as <strong>Ada</strong>')
    const strangers = [await get('/'), await get('/'), await get('/', await signUp('Barbara'))]
    expect(strangers.map(({ text }) => text.includes('Ada'))).toEqual([false, false, false])
    expect([own, ...strangers].map(({ cache }) => cache)).toEqual(['MISS', 'MISS', 'MISS', 'MISS'])
  })

  it('stores files, and the list of the API by origin', async () => {
    expect([(await get('/style.css')).cache, (await get('/style.css')).cache]).toEqual(['MISS', 'HIT'])

    const partner = { origin: 'https://partner.example' }
    const list = async (headers: Record<string, string>) => {
      const { cache, response } = await get('/api/postcards', headers)
      return [cache, response.headers.get('access-control-allow-origin')]
    }
    const first = [await list({}), await list(partner), await list(partner)]
    expect(first.map(([, origin]) => origin)).toEqual([
      null,
      'https://partner.example',
      'https://partner.example',
    ])
    expect(first[2]![0]).toBe('HIT')
  })

  it('stores pictures, and answers ranges of them', async () => {
    const grace = await signUp('Grace')
    const body = new FormData()
    body.append('caption', 'The sea')
    body.append('picture', new File(['0123456789'], 'sea.png', { type: 'image/png' }))
    await fetch(`${site}/postcards`, { method: 'POST', body, headers: grace, redirect: 'manual' })
    const [, path] = /src="(\/pictures\/[^"]+)"/.exec((await get('/')).text)!

    expect((await get(path!)).text).toBe('0123456789')
    const part = await get(path!, { range: 'bytes=2-4' })
    expect([part.cache, part.response.status, part.text]).toEqual(['HIT', 206, '234'])
  })

  it('stores neither the page to sign in nor an error', async () => {
    for (const path of ['/sign-in', '/nothing']) {
      expect([(await get(path)).cache, (await get(path)).cache]).toEqual(['MISS', 'MISS'])
    }
  })
})
