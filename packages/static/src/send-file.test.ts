import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { type Application, stack, text } from '@tsgi/core'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { Folder } from '../test/site.ts'
import { memoryFiles, type SendFileOptions, sendFile } from './index.ts'

const folder = await Folder.create({
  'invoices/7.pdf': '%PDF-',
  'invoices/2026/8.pdf': '%PDF-8',
  'invoices/.hidden': 'hidden',
  'secret.txt': 'secret',
})
const root = folder.at('invoices')
const sending = (file: string | URL, options?: SendFileOptions) =>
  client((environ) => sendFile(environ, file, options))

describe('sendFile', () => {
  it('responds with a file by its path or URL', async () => {
    const path = folder.at('invoices/7.pdf')
    for (const file of [path, pathToFileURL(path)]) {
      const response = await sending(file).get('/')
      expect([response.status, await response.text()]).toEqual([200, '%PDF-'])
      expect(response.headers.get('content-type')).toBe('application/pdf')
      expect(response.headers.get('cache-control')).toBe('no-cache')
    }
  })

  it('responds to conditional requests, ranges and HEAD', async () => {
    const web = sending('7.pdf', { root })
    const etag = (await web.get('/')).headers.get('etag')!
    expect((await web.get('/', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await web.get('/', { headers: { 'if-match': '"x"' } })).status).toBe(412)
    expect((await web.get('/', { headers: { range: 'bytes=9-' } })).status).toBe(416)
    expect(await (await web.get('/', { headers: { range: 'bytes=1-3' } })).text()).toBe('PDF')
    expect((await web.head('/')).headers.get('content-length')).toBe('5')
  })

  it('responds to POST with the whole file, whatever the client has', async () => {
    const headers = { range: 'bytes=1-3', 'if-none-match': '*' }
    const response = await sending('7.pdf', { root }).post('/', { headers })
    expect([response.status, await response.text()]).toEqual([200, '%PDF-'])
  })

  it.each([
    '../secret.txt',
    '..\\secret.txt',
    '2026/../../secret.txt',
    '2026/../7.pdf',
    './7.pdf',
    '/7.pdf',
    '2026//8.pdf',
    '2026/',
    '2026',
    '',
    '.',
    '..',
    '.hidden',
    '7.pdf\0.txt',
    'missing.pdf',
    'missing/7.pdf',
    'a'.repeat(5000),
  ])('responds with 404 to %j in a root, without the path', async (file) => {
    const response = await sending(file, { root }).get('/')
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 })
  })

  it('finds files in folders of the root', async () => {
    expect(await (await sending('2026/8.pdf', { root }).get('/')).text()).toBe('%PDF-8')
    expect(await (await sending('7.pdf', { root: pathToFileURL(root) }).get('/')).text()).toBe('%PDF-')
  })

  it('responds with 404 if there is no such file, or it is a folder', async () => {
    for (const file of [folder.at('missing'), folder.path])
      expect((await sending(file).get('/')).status).toBe(404)
  })

  it('rejects with an HttpError that the application can catch', async () => {
    await expect(sendFile(testEnviron('/'), folder.at('missing'))).rejects.toMatchObject({
      status: 404,
      name: 'HttpError',
    })
    const app: Application = (environ) =>
      sendFile(environ, folder.at('missing')).catch(() => text('no such invoice', { status: 404 }))
    expect(await (await client(stack()(app)).get('/')).text()).toBe('no such invoice')
  })

  it('finds files in another source', async () => {
    const files = memoryFiles({ 'a/b.txt': 'in memory' })
    const response = await sending('a/b.txt', { root: files, download: true }).get('/')
    expect(await response.text()).toBe('in memory')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=b.txt')
    expect((await sending('a/../a/b.txt', { root: files }).get('/')).status).toBe(404)
  })

  it('sends the given type and Cache-Control', async () => {
    const options = { root, type: 'text/x-invoice', cacheControl: 'private, no-store' }
    const { headers } = await sending('7.pdf', options).get('/')
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'text/x-invoice',
      'private, no-store',
    ])
  })
})

describe('download', () => {
  const disposition = async (download: boolean | string, file = '7.pdf') =>
    (await sending(file, { root, download }).get('/')).headers.get('content-disposition')

  it('names the file in ASCII and in UTF-8', async () => {
    expect(await disposition('要求 "1".pdf')).toBe(
      'attachment; filename="?? \\"1\\".pdf"; filename*=UTF-8\'\'%E8%A6%81%E6%B1%82%20%221%22.pdf',
    )
  })

  it('is the name of the file, another one, or off', async () => {
    expect(await disposition(true)).toBe('attachment; filename=7.pdf')
    expect(await disposition(true, '2026/8.pdf')).toBe('attachment; filename=8.pdf')
    expect(await disposition('invoice.pdf')).toBe('attachment; filename=invoice.pdf')
    expect(await disposition(false)).toBeNull()
    const url = pathToFileURL(folder.at('invoices/7.pdf'))
    const response = await sending(url, { download: true }).get('/')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename=7.pdf')
  })

  it.each([
    ['a\r\nX: 1.pdf', 'attachment; filename="aX: 1.pdf"'],
    ['../a.pdf', 'attachment; filename=a.pdf'],
    ['..\\..\\a.pdf', 'attachment; filename=a.pdf'],
    ['/etc/passwd', 'attachment; filename=passwd'],
    ['gpj.\u202eexe', 'attachment; filename=gpj.exe'],
    ['\ud800.pdf', 'attachment; filename="?.pdf"; filename*=UTF-8\'\'%EF%BF%BD.pdf'],
    ['..', 'attachment'],
    ['', 'attachment'],
    ['a/', 'attachment'],
    ['\0', 'attachment'],
  ])('turns %j into one harmless field', async (name, expected) => {
    expect(await disposition(name)).toBe(expected)
  })

  it('is not part of a 304', async () => {
    const web = sending('7.pdf', { root, download: true })
    const response = await web.get('/', { headers: { 'if-none-match': '*' } })
    expect([response.status, response.headers.get('content-disposition')]).toEqual([304, null])
  })
})

describe('the options of sendFile', () => {
  it.each([
    [{ rot: root }, "unknown option 'rot', did you mean 'root'?"],
    [{ download: 7 }, 'download must be true, false or a file name, got 7'],
    [{ type: 'a\nb' }, 'type must be a content type, got "a\\nb"'],
    [{ cacheControl: '' }, 'cacheControl must be a Cache-Control header, got ""'],
    [{ root: folder.at('missing') }, 'root must be an existing folder'],
    [{ root: '' }, 'root must be the path or file: URL of a folder, got ""'],
  ])('are checked: %j', async (options, message) => {
    const error = await sendFile(testEnviron('/'), '7.pdf', options as SendFileOptions).catch(
      (error) => error,
    )
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toBe(error.message.includes(message) ? error.message : `sendFile: ${message}`)
  })

  it('include the file', async () => {
    const send = (file: unknown, options?: SendFileOptions) =>
      sendFile(testEnviron('/'), file as string, options)
    await expect(send(undefined)).rejects.toThrow(
      'sendFile: file must be a path or a file: URL, got undefined',
    )
    await expect(send(new URL('file:///a'), { root })).rejects.toThrow('file must be a path in root')
    await expect(send(new URL('https://example.com/a'))).rejects.toThrow(TypeError)
  })
})

it('reads a file relative to the current directory', async () => {
  const response = await sending('package.json').get('/')
  expect(await response.text()).toBe(await readFile('package.json', 'utf8'))
})
