import { readdirSync, readlinkSync } from 'node:fs'
import { rename, truncate, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { type Application, lint, stack } from '@tsgi/core'
import { testEnviron } from '@tsgi/core/testing'
import { type Server, serve } from '@tsgi/server'
import { describe, expect, it, vi } from 'vitest'
import { send } from '../../test/send.ts'
import { Folder, inside } from '../../test/site.ts'
import { sendFile, staticFiles } from '../index.ts'

const megabytes = (count: number, letter: string) => letter.repeat(count * 2 ** 20)
const folder = await Folder.create({ 'big.txt': megabytes(16, 'a'), 'small.txt': 'small' })
const application = lint(stack(staticFiles(folder.path))(inside))

function start(log: unknown[], app: Application = application): Promise<Server> {
  return serve(app, {
    listen: 'http://127.0.0.1:0',
    errors: {
      write(problem) {
        log.push(problem)
      },
    },
  })
}

/** Returns how many descriptors of this process are open for files in the folder. */
function openFiles(): number {
  const paths = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`)
    } catch {
      return ''
    }
  })
  return paths.filter((path) => path.startsWith(folder.path)).length
}

/** Requests a file, and returns the response when its head has arrived. */
function begin(server: Server, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, server.addresses[0]), { agent: false }, resolve)
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Reads the rest of a response, and returns whether it is complete. */
async function readAll(incoming: IncomingMessage): Promise<{ body: string; isComplete: boolean }> {
  const chunks: Buffer[] = []
  incoming.on('error', () => {})
  incoming.on('data', (chunk) => chunks.push(chunk))
  incoming.resume()
  if (!incoming.closed) await new Promise((resolve) => incoming.once('close', resolve))
  return { body: Buffer.concat(chunks).toString(), isComplete: incoming.complete }
}

describe.runIf(process.platform === 'linux')('descriptors', () => {
  it('are closed when clients leave during the response', async () => {
    const log: unknown[] = []
    await using server = await start(log)
    for (let round = 0; round < 100; round++) (await begin(server, '/big.txt')).destroy()
    await vi.waitFor(() => expect(openFiles()).toBe(0))
    expect(log).toEqual([])
  })

  it('are closed when clients leave before the response', async () => {
    const log: unknown[] = []
    await using server = await start(log)
    for (let round = 0; round < 50; round++) {
      const outgoing = request(new URL('/big.txt', server.addresses[0]), { agent: false })
      outgoing.on('error', () => {})
      outgoing.end(() => outgoing.destroy())
      await new Promise((resolve) => outgoing.once('close', resolve))
    }
    await vi.waitFor(() => expect(openFiles()).toBe(0))
    expect(log).toEqual([])
  })

  it('are not needed for responses without the file', async () => {
    await using server = await start([])
    const address = server.addresses[0]!
    const { etag } = (await send(address, '/big.txt', { method: 'HEAD' })).headers
    const cases: [number, Record<string, string>, string?][] = [
      [200, {}, 'HEAD'],
      [304, { 'if-none-match': etag! }],
      [304, { 'if-none-match': '*' }, 'HEAD'],
      [412, { 'if-match': '"x"' }],
      [416, { range: 'bytes=99999999-' }],
      [404, {}, 'POST'],
    ]
    for (const [status, headers, method] of cases) {
      for (let round = 0; round < 5; round++)
        expect((await send(address, '/big.txt', { headers, ...(method && { method }) })).status).toBe(status)
    }
    expect(openFiles()).toBe(0)
  })

  it('are closed after whole files, parts and downloads', async () => {
    const app: Application = (environ) => sendFile(environ, folder.at('big.txt'), { download: true })
    await using server = await start([], app)
    const address = server.addresses[0]!
    const [whole, part] = await Promise.all([
      send(address, '/'),
      send(address, '/', { headers: { range: 'bytes=1000-2000000' } }),
    ])
    expect([whole.body.length, part.body.length]).toEqual([16 * 2 ** 20, 1_999_001])
    expect(openFiles()).toBe(0)
  })

  it('are closed when a layer outside drops the response', async () => {
    const response = await application(testEnviron('/big.txt'))
    expect(openFiles()).toBe(1)
    await response.body!.cancel()
    expect(openFiles()).toBe(0)
    const other = await application(testEnviron('/big.txt'))
    const reader = other.body!.getReader()
    void reader.read()
    await reader.cancel()
    expect(openFiles()).toBe(0)
  })
})

describe('a file that changes', () => {
  it.each([
    ['longer', 20],
    ['shorter', 4],
  ])('is sent in its old version if a %s one is renamed over it', async (_, size) => {
    await using server = await start([])
    await folder.write('renamed.txt', megabytes(16, 'a'))
    const incoming = await begin(server, '/renamed.txt')
    await folder.write('next.txt', megabytes(size, 'b'))
    await rename(folder.at('next.txt'), folder.at('renamed.txt'))
    const { body, isComplete } = await readAll(incoming)
    expect([isComplete, body === megabytes(16, 'a')]).toEqual([true, true])
    const next = await send(server.addresses[0]!, '/renamed.txt')
    expect([next.headers['content-length'], next.body === megabytes(size, 'b')]).toEqual([
      `${size * 2 ** 20}`,
      true,
    ])
    expect(next.headers.etag).not.toBe(incoming.headers.etag)
  })

  it.each([
    ['is overwritten by a longer one', () => writeFile(folder.at('written.txt'), megabytes(20, 'b'))],
    ['is overwritten by a shorter one', () => writeFile(folder.at('written.txt'), megabytes(4, 'b'))],
    ['is overwritten by one of the same size', () => writeFile(folder.at('written.txt'), megabytes(16, 'b'))],
    ['is cut to nothing', () => truncate(folder.at('written.txt'))],
  ])('is cut off, never mixed, if it %s while it is sent', async (_, change) => {
    const log: unknown[] = []
    await using server = await start(log)
    await folder.write('written.txt', megabytes(16, 'a'))
    const incoming = await begin(server, '/written.txt')
    expect(incoming.headers['content-length']).toBe(String(16 * 2 ** 20))
    await change()
    const { body, isComplete } = await readAll(incoming)
    expect(isComplete).toBe(false)
    expect(body).toMatch(/^a*$/)
    expect(String(log)).toContain('The file was changed while it was sent')
  })

  it('is looked up again if it changes before it is read', async () => {
    const app = staticFiles(folder.path)(inside)
    await folder.write('quick.txt', 'first')
    const pending = app(testEnviron('/quick.txt'))
    await folder.write('quick.txt', 'the second version', new Date(Date.now() - 60_000))
    const response = await pending
    const body = await response.text()
    expect(response.headers.get('content-length')).toBe(String(body.length))
    expect(['first', 'the second version']).toContain(body)
  })

  it('is not found if it is removed before it is opened', async () => {
    await folder.write('removed.txt', 'removed')
    const find = staticFiles({
      async find(segments) {
        const { openFolder } = await import('#folder')
        const file = openFolder('root', folder.path, 'inside').find(segments)
        if (file !== undefined) await folder.remove('removed.txt')
        return file
      },
    })
    const response = await find(inside)(testEnviron('/removed.txt'))
    expect(await response.text()).toBe('inside: GET /removed.txt')
  })

  it('always has the length, tag and bytes of one version, whatever is written meanwhile', async () => {
    const app = staticFiles(folder.path)(inside)
    const versions = new Map<string, string>()
    let isOver = false
    const write = async () => {
      for (let round = 0; !isOver; round++) {
        const content = String(round % 10).repeat(1000 + (round % 7) * 500)
        await writeFile(folder.at('next.txt'), content)
        await rename(folder.at('next.txt'), folder.at('busy.txt'))
      }
    }
    await folder.write('busy.txt', 'x')
    const writing = write()
    for (let round = 0; round < 200; round++) {
      const response = await app(testEnviron('/busy.txt'))
      const body = await response.text()
      expect(response.headers.get('content-length')).toBe(String(body.length))
      expect(new Set(body).size).toBe(1)
      const tag = response.headers.get('etag')!
      if (!tag.startsWith('W/')) expect(versions.get(tag) ?? body).toBe(body)
      versions.set(tag, body)
    }
    isOver = true
    await writing
  })

  it('is an error if it changes each time', async () => {
    const file = { size: 1, read: () => undefined }
    const log: unknown[] = []
    await using server = await start(log, staticFiles({ find: () => file })(inside))
    expect((await send(server.addresses[0]!, '/a')).status).toBe(500)
    expect(String(log)).toContain('The file changed 5 times')
  })
})

it('reports a file that cannot be read, and shows nothing of it', async () => {
  const log: unknown[] = []
  const error = Object.assign(new Error("EIO: i/o error, read '/srv/secret/place'"), { code: 'EIO' })
  const source = { find: () => ({ size: 1, read: () => Promise.reject(error) }) }
  await using server = await start(log, staticFiles(source)(inside))
  const response = await send(server.addresses[0]!, '/a')
  expect([response.status, response.body]).toEqual([500, expect.not.stringContaining('secret')])
  expect(log).toEqual([error])
})

it('sends a slow client no more than it reads', async () => {
  await using server = await start([])
  const incoming = await begin(server, '/big.txt')
  const before = process.memoryUsage().arrayBuffers
  incoming.pause()
  await send(server.addresses[0]!, '/small.txt')
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 2 ** 20)
  expect((await readAll(incoming)).body.length).toBe(16 * 2 ** 20)
})
