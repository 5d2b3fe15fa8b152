import { describe, expect, it } from 'vitest'
import { Folder, site } from '../../test/site.ts'

const folder = await Folder.create({
  'app.js': 'original',
  'app.js.zst': 'as zstd',
  'app.js.br': 'as br',
  'app.js.gz': 'as gzip, longer',
  'half.js': 'half',
  'half.js.gz': 'half as gzip',
  'photo.png': 'png',
  'index.html': 'page',
  'index.html.br': 'page as br',
})
const web = site(folder, { precompressed: true })
const get = (accept: string | undefined, path = '/app.js', headers: Record<string, string> = {}) =>
  web.get(path, { headers: { ...(accept !== undefined && { 'accept-encoding': accept }), ...headers } })

describe('precompressed files', () => {
  it.each([
    ['gzip, br', 'br'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0, *', 'zstd'],
  ])('are chosen by Accept-Encoding: %s', async (accept, encoding) => {
    const response = await get(accept)
    expect(response.headers.get('content-encoding')).toBe(encoding)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('vary')).toBe('Accept-Encoding')
    const body = await response.text()
    expect(body).toMatch(`as ${encoding}`)
    expect(response.headers.get('content-length')).toBe(String(body.length))
  })

  it.each([undefined, '', 'identity', 'deflate', 'br;q=0', '*;q=0', 'identity;q=1, br;q=0.5', 'br;q=x'])(
    'are not sent for Accept-Encoding: %s',
    async (accept) => {
      const response = await get(accept)
      expect(response.headers.get('content-encoding')).toBeNull()
      expect(response.headers.get('vary')).toBe('Accept-Encoding')
      expect(await response.text()).toBe('original')
    },
  )

  it('have a tag for each coding, which only matches its own', async () => {
    const accepts = ['zstd', 'br', 'gzip', undefined]
    const tags = await Promise.all(accepts.map(async (accept) => (await get(accept)).headers.get('etag')!))
    expect(new Set(tags).size).toBe(4)
    for (const [at, accept] of accepts.entries()) {
      for (const tag of tags) {
        const { status } = await get(accept, '/app.js', { 'if-none-match': tag })
        expect(status).toBe(tag === tags[at] ? 304 : 200)
      }
    }
  })

  it('send Vary with a 304 and a 206', async () => {
    const tag = (await get('br')).headers.get('etag')!
    const cached = await get('br', '/app.js', { 'if-none-match': tag })
    expect(Object.fromEntries(cached.headers)).toEqual({
      etag: tag,
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
    })
    const part = await get('br', '/app.js', { range: 'bytes=0-1' })
    expect([part.status, part.headers.get('content-encoding'), part.headers.get('vary')]).toEqual([
      206,
      'br',
      'Accept-Encoding',
    ])
    expect(await part.text()).toBe('as')
  })

  it('fall back to a coding that exists', async () => {
    expect((await get('br, zstd, gzip;q=0.1', '/half.js')).headers.get('content-encoding')).toBe('gzip')
    const plain = await get('br, zstd, gzip', '/photo.png')
    expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
      null,
      'Accept-Encoding',
    ])
  })

  it('are used for the index', async () => {
    expect(await (await get('br', '/')).text()).toBe('page as br')
  })

  it('are ignored if they are older than the file', async () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000)
    await folder.write('stale.js', 'new', minutesAgo(10))
    await folder.write('stale.js.br', 'old as br', minutesAgo(20))
    await folder.write('stale.js.gz', 'new as gzip', minutesAgo(5))
    expect(await (await get('br, gzip;q=0.5', '/stale.js')).text()).toBe('new as gzip')
    expect(await (await get('br', '/stale.js')).text()).toBe('new')
  })

  it('are not served without their original', async () => {
    await folder.write('alone.js.br', 'alone')
    expect((await get('br', '/alone.js')).status).toBe(404)
  })

  it('are files like others without the option, or under their own names', async () => {
    const response = await site(folder).get('/app.js', { headers: { 'accept-encoding': 'br' } })
    expect(await response.text()).toBe('original')
    expect(response.headers.get('vary')).toBeNull()
    const direct = await get(undefined, '/app.js.gz')
    expect(direct.headers.get('content-type')).toBe('application/gzip')
    expect(direct.headers.get('content-encoding')).toBeNull()
  })
})
