import { execFileSync } from 'node:child_process'
import { link, mkdir, rename, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { client } from '@tsgi/core/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Folder, inside, isInside, site } from '../../test/site.ts'
import { sendFile, staticFiles } from '../index.ts'

describe('the root', () => {
  it('is an absolute path, a relative path or a file: URL', async () => {
    const folder = await Folder.create({ 'a.txt': 'a', 'b c/ü.txt': 'b' })
    const roots = [
      folder.path,
      `${folder.path}/`,
      relative(process.cwd(), folder.path),
      pathToFileURL(folder.path),
      pathToFileURL(`${folder.path}/`),
    ]
    for (const root of roots) expect((await client(staticFiles(root)(inside)).get('/a.txt')).status).toBe(200)
    const inner = staticFiles(pathToFileURL(folder.at('b c')))(inside)
    expect(await (await client(inner).get('/ü.txt')).text()).toBe('b')
  })

  it('may be a link', async () => {
    const folder = await Folder.create({ 'public/a.txt': 'a' })
    await symlink(folder.at('public'), folder.at('link'))
    expect(await (await client(staticFiles(folder.at('link'))(inside)).get('/a.txt')).text()).toBe('a')
  })

  it.each(['', '.', './', '/'])('may be %j only if that is what it says', (root) => {
    if (root === '') expect(() => staticFiles(root)).toThrow(TypeError)
    else expect(() => staticFiles(root)).not.toThrow()
  })

  it('that is missing, a file or something else is an error at start that names it', async () => {
    const folder = await Folder.create({ 'a.txt': 'a' })
    const missing = folder.at('missing')
    expect(() => staticFiles(missing)).toThrow(
      `staticFiles: root must be an existing folder, got ${JSON.stringify(missing)}`,
    )
    expect(() => staticFiles('not here')).toThrow(join(process.cwd(), 'not here'))
    expect(() => staticFiles(folder.at('a.txt'))).toThrow(
      /root must be the path or file: URL of a folder, got ".*a\.txt"/,
    )
    expect(() => staticFiles(new URL('https://example.com/'))).toThrow('got https://example.com/')
    for (const root of [undefined, null, 7, {}, [], ''])
      expect(() => staticFiles(root as never)).toThrow(/^staticFiles: root must be /)
  })

  it('finds nothing when it is removed', async () => {
    const folder = await Folder.create({ 'public/a.txt': 'a' })
    const web = client(staticFiles(folder.at('public'))(inside))
    await folder.remove('public')
    expect(await isInside(await web.get('/a.txt'))).toBe(true)
  })
})

describe('links', async () => {
  const folder = await Folder.create({
    'public/a.txt': 'a',
    'public/sub/index.html': 'Sub',
    'public/app.js': 'app',
    'outside/secret.txt': 'secret',
    'outside/index.html': 'secret',
    'public-not/secret.txt': 'secret',
  })
  const at = (name: string) => folder.at(`public/${name}`)
  await symlink(folder.at('outside/secret.txt'), at('secret.txt'))
  await symlink('../outside/secret.txt', at('relative.txt'))
  await symlink('../outside', at('folder'))
  await symlink('../public-not', at('neighbour'))
  await symlink('folder', at('twice'))
  await symlink(folder.path, at('up'))
  await symlink('a.txt', at('alias.txt'))
  await symlink('sub', at('inner'))
  await symlink('missing', at('dangling'))
  await symlink('loop', at('loop'))
  await symlink('../outside/secret.txt', at('app.js.br'))
  await mkdir(at('home'))
  await symlink('../../outside/index.html', at('home/index.html'))
  const web = client(staticFiles(at('.'), { precompressed: true })(inside))

  it.each([
    '/secret.txt',
    '/relative.txt',
    '/folder/secret.txt',
    '/folder/',
    '/folder',
    '/neighbour/secret.txt',
    '/twice/secret.txt',
    '/up/outside/secret.txt',
    '/home/',
    '/home',
    '/dangling',
    '/loop',
    '/loop/a',
  ])('that lead out of the root or nowhere are not followed: %s', async (path) => {
    expect(await isInside(await web.get(path))).toBe(true)
  })

  it('that lead out of the root are not followed for a precompressed file or a fallback', async () => {
    const response = await web.get('/app.js', { headers: { 'accept-encoding': 'br' } })
    expect(await response.text()).toBe('app')
    expect(() => staticFiles(at('.'), { fallback: 'secret.txt' })).toThrow('fallback')
  })

  it('within the root are followed', async () => {
    expect(await (await web.get('/alias.txt')).text()).toBe('a')
    expect(await (await web.get('/inner/')).text()).toBe('Sub')
    expect(await (await web.get('/up/public/a.txt')).text()).toContain('inside')
  })

  it('are followed everywhere if they may', async () => {
    const open = client(staticFiles(at('.'), { symlinks: 'anywhere' })(inside))
    for (const path of ['/secret.txt', '/folder/secret.txt', '/up/outside/secret.txt'])
      expect(await (await open.get(path)).text()).toBe('secret')
  })

  it('are checked at each request', async () => {
    await folder.write('public/later/secret.txt', 'mine')
    expect(await (await web.get('/later/secret.txt')).text()).toBe('mine')
    await folder.remove('public/later')
    await symlink('../outside', at('later'))
    expect(await isInside(await web.get('/later/secret.txt'))).toBe(true)
  })

  it('that are hard are files', async () => {
    await link(at('a.txt'), at('hard.txt'))
    expect(await (await web.get('/hard.txt')).text()).toBe('a')
  })
})

describe('a path that is no regular file', () => {
  it('such as a FIFO, a device or a socket is not opened', async () => {
    const folder = await Folder.create()
    execFileSync('mkfifo', [folder.at('fifo.txt')])
    await symlink('/dev/zero', folder.at('zero.txt'))
    await using server = createServer().listen(folder.at('socket.txt'))
    await new Promise((resolve) => server.once('listening', resolve))
    const web = client(staticFiles(folder.path, { symlinks: 'anywhere' })(inside))
    for (const path of ['/fifo.txt', '/zero.txt', '/socket.txt'])
      expect(await isInside(await web.get(path))).toBe(true)
    const one = client((environ) => sendFile(environ, folder.at(environ.pathInfo.slice(1))))
    for (const path of ['/fifo.txt', '/zero.txt', '/socket.txt', '/'])
      expect((await one.get(path)).status).toBe(404)
  })

  it('such as a folder named like a page is a folder', async () => {
    const folder = await Folder.create({ 'page.html/index.html': 'inner' })
    const web = site(folder, { extensions: ['html'] })
    expect((await web.get('/page.html')).headers.get('location')).toBe('/page.html/')
    expect(await isInside(await web.get('/page'))).toBe(true)
  })
})

describe('a folder with many files', () => {
  it('is not listed', async () => {
    const folder = await Folder.create()
    for (let at = 0; at < 2000; at++) await folder.write(`many/${at}.txt`, String(at))
    const web = site(folder)
    expect(await (await web.get('/many/1999.txt')).text()).toBe('1999')
    expect(await isInside(await web.get('/many/2000.txt'))).toBe(true)
  })
})

it('serves the version that is there, even if it was renamed to that name', async () => {
  const folder = await Folder.create({ 'a.txt': 'old', 'next.txt': 'the next version' })
  const web = site(folder)
  expect(await (await web.get('/a.txt')).text()).toBe('old')
  await rename(folder.at('next.txt'), folder.at('a.txt'))
  const response = await web.get('/a.txt')
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['16', 'the next version'])
})

describe('a file that cannot be looked up', () => {
  afterEach(() => {
    vi.doUnmock('node:fs')
    vi.resetModules()
  })

  // Root may enter every folder, so the tests cannot rely on permissions.
  it.each([
    ['is not found if this process may not enter its folder', 'EACCES', 404],
    ['is not found if links lead in a circle', 'ELOOP', 404],
    ['is an error if the disk fails', 'EIO', 500],
  ])('%s', async (_, code, status) => {
    const folder = await Folder.create({ 'a.txt': 'a' })
    vi.resetModules()
    vi.doMock('node:fs', async (original) => ({
      ...(await original<typeof import('node:fs')>()),
      lstatSync() {
        throw Object.assign(new Error(`${code}: lstat '${folder.path}'`), { code })
      },
    }))
    const { staticFiles } = await import('../index.ts')
    const web = client(staticFiles(folder.path)(inside), { errors: { write() {} } })
    const response = await web.get('/a.txt')
    expect(response.status).toBe(status)
    expect(await response.text()).not.toContain(folder.path)
    expect(web.errors.length).toBe(status === 500 ? 1 : 0)
  })
})

describe('on another platform', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    vi.resetModules()
  })

  /** Serves a folder as on a platform whose file systems ignore case. */
  async function siteOn(platform: string, root: string) {
    vi.resetModules()
    vi.stubGlobal('process', Object.create(process, { platform: { value: platform } }))
    const { staticFiles } = await import('../index.ts')
    return client(staticFiles(root)(inside))
  }

  it.each(['darwin', 'win32'])('such as %s, links lead only to files in the folder', async (platform) => {
    const folder = await Folder.create({ 'public/sub/a.txt': 'a', 'secret.txt': 'secret' })
    await symlink('sub', folder.at('public/inner'))
    await symlink('../secret.txt', folder.at('public/secret.txt'))
    const web = await siteOn(platform, folder.at('public'))
    for (const path of ['/sub/a.txt', '/inner/a.txt']) expect(await (await web.get(path)).text()).toBe('a')
    for (const path of ['/secret.txt', '/none']) expect(await isInside(await web.get(path))).toBe(true)
  })

  it('such as Windows, names that mean something else are not found', async () => {
    const names = ['con.txt', 'a.txt.', 'a.txt::$DATA', 'NUL']
    const folder = await Folder.create(Object.fromEntries([...names, 'a.txt'].map((name) => [name, name])))
    const web = await siteOn('win32', folder.path)
    for (const name of names) expect(await isInside(await web.get(`/${encodeURIComponent(name)}`))).toBe(true)
    expect((await web.get('/a.txt')).status).toBe(200)
  })

  it('such as macOS, another spelling of a name is not found', async () => {
    const folder = await Folder.create({ 'admin/secret.txt': 'secret', 'public.txt': 'public' })
    // The kernel would find these names on a file system that ignores case.
    await symlink('admin', folder.at('ADMIN'))
    await symlink('admin', folder.at('docs'))
    await symlink('admin', folder.at('DOCS'))
    vi.doMock('node:fs', async (original) => {
      const fs = await original<typeof import('node:fs')>()
      const lstatSync = (path: string, options: object) =>
        fs.lstatSync(path.replace(/ADMIN$/, 'admin'), options)
      const readdirSync = (path: string) => fs.readdirSync(path).filter((name) => !/^[A-Z]+$/.test(name))
      return { ...fs, lstatSync, readdirSync }
    })
    const web = await siteOn('darwin', folder.path)
    expect(await (await web.get('/admin/secret.txt')).text()).toBe('secret')
    expect(await (await web.get('/docs/secret.txt')).text()).toBe('secret')
    for (const path of ['/ADMIN/secret.txt', '/DOCS/secret.txt'])
      expect(await isInside(await web.get(path))).toBe(true)
    vi.doUnmock('node:fs')
  })
})
