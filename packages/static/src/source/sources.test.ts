import { type Application, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { inside, isInside } from '../../test/site.ts'
import { type FileSource, memoryFiles, staticFiles } from '../index.ts'

describe('files in memory', () => {
  const files = memoryFiles({
    'index.html': '<h1>Hello</h1>',
    'app.js': 'grüße()',
    'app.js.br': new Uint8Array([1, 2, 3]),
    'sub/index.html': 'Sub',
    '.well-known/x': 'x',
  })
  const web = client(staticFiles(files, { precompressed: true })(inside))

  it('are served like those in a folder', async () => {
    const response = await web.get('/app.js')
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'content-length': '9',
      'content-type': 'text/javascript; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
      vary: 'Accept-Encoding',
    })
    expect(await response.text()).toBe('grüße()')
    expect(await (await web.get('/')).text()).toBe('<h1>Hello</h1>')
    expect((await web.get('/sub')).headers.get('location')).toBe('/sub/')
    expect((await web.get('/.well-known/x')).status).toBe(200)
    expect(await isInside(await web.get('/toString'))).toBe(true)
    expect((await web.get('/app.js', { headers: { range: 'bytes=0-1' } })).status).toBe(206)
    const compressed = await web.get('/app.js', { headers: { 'accept-encoding': 'br' } })
    expect(await compressed.bytes()).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('have a tag that depends on their content alone', async () => {
    const tagOf = async (content: string | Uint8Array) => {
      const web = client(staticFiles(memoryFiles({ a: content }))(inside))
      return (await web.get('/a')).headers.get('etag')
    }
    expect(await tagOf('one')).toBe(await tagOf(new TextEncoder().encode('one')))
    expect(await tagOf('one')).not.toBe(await tagOf('two'))
    const etag = (await tagOf('one'))!
    const web = client(staticFiles(memoryFiles({ a: 'one' }))(inside))
    expect((await web.get('/a', { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('are found synchronously once they have a tag', async () => {
    const app = staticFiles(memoryFiles({ a: 'a' }))(inside)
    expect(app(testEnviron('/none'))).toBeInstanceOf(Response)
    await app(testEnviron('/a'))
    expect(app(testEnviron('/a'))).toBeInstanceOf(Response)
  })

  it('are not changed by those who read them', async () => {
    const app = staticFiles(memoryFiles({ a: 'abc' }))(inside)
    const bytes = await (await app(testEnviron('/a'))).bytes()
    bytes.fill(0)
    expect(await (await app(testEnviron('/a'))).text()).toBe('abc')
  })

  it.each(['/a', 'a//b', './a', '../a', 'a/', '', 'a\\b', 'a/../b'])('cannot have the path %j', (path) => {
    expect(() => memoryFiles({ [path]: '' })).toThrow(`memoryFiles: a path must be like 'assets/app.js', got`)
  })

  it('are text or bytes', () => {
    expect(() => memoryFiles({ a: 7 as never })).toThrow(
      "memoryFiles: 'a' must be text or a Uint8Array, got 7",
    )
  })
})

describe('another source', () => {
  const chunks = (...parts: string[]) => new Blob(parts).stream() as ReadableStream<Uint8Array>
  const get = async (source: FileSource, path = '/a/b.html', headers = {}) =>
    client(staticFiles(source)(inside)).get(path, { headers })

  it('may be asynchronous, and stream', async () => {
    const source: FileSource = {
      find: async (segments) => ({
        size: 6,
        modified: new Date('2026-01-01T00:00:00Z'),
        type: 'text/x-test',
        read: async (start, end) => chunks(`${segments}`.slice(start, end)),
      }),
    }
    const response = await get(source)
    expect(response.headers.get('content-type')).toBe('text/x-test')
    expect(response.headers.get('etag')).toBeNull()
    expect(await response.text()).toBe('a,b.ht')
    const part = await get(source, '/a/b.html', { range: 'bytes=2-3' })
    expect([part.status, await part.text()]).toEqual([206, 'b.'])
    const since = { 'if-modified-since': 'Thu, 01 Jan 2026 00:00:00 GMT' }
    const cached = await get(source, '/a/b.html', since)
    expect([cached.status, cached.headers.get('last-modified')]).toEqual([304, since['if-modified-since']])
  })

  it('gets decoded segments, and only those that could be a file', async () => {
    const find = vi.fn<FileSource['find']>(() => undefined)
    for (const path of ['/a%20b/%C3%BC', '/a%2fb', '/../x', '//a', '/.env', '/sub/'])
      expect(await isInside(await get({ find }, path))).toBe(true)
    expect(find.mock.calls).toEqual([
      [['a b', 'ü']],
      [['a b', 'ü', 'index.html']],
      [['x']],
      [['x', 'index.html']],
      [['sub', 'index.html']],
    ])
  })

  it.each([
    [{ size: -1 }, 'The size of a file must be a number of bytes, got -1'],
    [{ size: Number.NaN }, 'The size of a file'],
    [{ size: 3, etag: 'v1' }, `The etag of a file must be quoted, such as '"v1"', got "v1"`],
  ])('is checked: %j', async (file, message) => {
    const source: FileSource = { find: () => ({ ...file, read: () => new Uint8Array(3) }) }
    const web = client(staticFiles(source)(inside), { errors: { write() {} } })
    expect((await web.get('/a')).status).toBe(500)
    expect(String(web.errors[0])).toContain(message)
  })

  it('is not read for HEAD, a 304 or an error', async () => {
    const read = vi.fn(() => new Uint8Array(3))
    const app = staticFiles({ find: () => ({ size: 3, etag: '"1"', read }) })(inside)
    const web = client(app)
    expect((await web.head('/a')).headers.get('content-length')).toBe('3')
    expect((await web.get('/a', { headers: { 'if-none-match': '"1"' } })).status).toBe(304)
    expect((await web.get('/a', { headers: { range: 'bytes=3-' } })).status).toBe(416)
    expect(read).not.toHaveBeenCalled()
  })

  it('is cancelled when the response is', async () => {
    let isCancelled = false
    const content = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel() {
        isCancelled = true
      },
    })
    const app = staticFiles({ find: () => ({ size: 1e6, read: () => content }) })(inside)
    const response = await app(testEnviron('/a'))
    await response.body!.cancel()
    expect(isCancelled).toBe(true)
  })
})

it('says what to do on a runtime without a file system', async () => {
  vi.resetModules()
  vi.doMock('#folder', () => import('./folder-none.ts'))
  const { sendFile, staticFiles } = await import('../index.ts')
  expect(() => staticFiles('./public')).toThrow(
    'staticFiles: root cannot be a folder, because this runtime has no file system: pass a FileSource',
  )
  const app: Application = (environ) => sendFile(environ, 'a.txt').catch((error) => text(error.message))
  expect(await (await client(app).get('/')).text()).toBe(
    'sendFile: this runtime has no file system: pass a FileSource as root',
  )
  const files = memoryFiles({ a: 'a' })
  expect((await client(staticFiles(files)(inside)).get('/a')).status).toBe(200)
  vi.doUnmock('#folder')
})
