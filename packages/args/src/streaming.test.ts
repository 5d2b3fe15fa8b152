import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Application, json, lint, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { formBytes, formEnd, formHeaders, partHead, type SentPart } from '../test/multipart.ts'
import { args, type FilePart, file, fileList, formBody, parts } from './index.ts'
import { saveTo } from './node.ts'

const MEGABYTE = 1_000_000
const Title = z.object({ title: z.string().min(3) })
const video = { filename: 'sea.mp4', type: 'video/mp4' }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-uploads-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Serves an application on a free port. */
async function start(app: Application) {
  const errors: unknown[] = []
  const server = await serve(lint(app), {
    listen: 'http://127.0.0.1:0',
    maxBodySize: 1000 * MEGABYTE,
    gracefulTimeout: 2000,
    errors: { write: (error) => errors.push(error) },
  })
  const url = server.addresses[0]!
  return { url, errors, [Symbol.asyncDispose]: () => server.close() }
}

/** Begins a request with a form, of which the caller sends the bytes. */
async function begin(url: string, length = 100 * MEGABYTE): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  // The server may reset a connection of which it does not read everything.
  socket.on('error', () => {})
  const type = formHeaders['content-type']
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`)
  return socket
}

async function statusLine(socket: Socket): Promise<string> {
  const [data] = (await once(socket, 'data')) as [Buffer]
  return data.toString('latin1').split('\r\n')[0]!
}

const post = (url: string, ...all: SentPart[]) =>
  fetch(url, { method: 'POST', body: formBytes(all), headers: formHeaders })

describe('a file that is streamed', () => {
  it('is received while the client is still sending it', async () => {
    const first = Promise.withResolvers<number>()
    const receive = async ({ body }: FilePart) => {
      let size = 0
      for await (const chunk of body) {
        size += chunk.byteLength
        first.resolve(size)
      }
      return size
    }
    const body = formBody(Title, { files: { video: file({ maxSize: 100_000, receive }) } })
    await using server = await start(args({ body })(({ args }) => json(args.body)))
    const all: SentPart[] = [
      ['video', new Uint8Array(20_000), video],
      ['title', 'Sea'],
    ]
    const bytes = formBytes(all)
    const socket = await begin(server.url, bytes.length)
    socket.write(bytes.subarray(0, 10_000))
    expect(await first.promise).toBeLessThan(10_000)
    const status = statusLine(socket)
    socket.write(bytes.subarray(10_000))
    expect(await status).toBe('HTTP/1.1 200 OK')
    socket.destroy()
  })

  it('is sent no faster than it is read', async () => {
    const proceed = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const total = 64 * MEGABYTE
    const receive = async ({ body }: FilePart) => {
      let size = 0
      for await (const chunk of body) {
        size += chunk.byteLength
        begun.resolve()
        await proceed.promise
      }
      return size
    }
    const body = formBody(z.object({}), { files: { video: file({ maxSize: total, receive }) } })
    await using server = await start(args({ body })(({ args }) => json(args.body.video)))
    const head = partHead(['video', '', video])
    let sent = 0
    const chunk = new Uint8Array(64_000)
    const form = new ReadableStream({
      start: (controller) => controller.enqueue(head),
      pull(controller) {
        if (sent < total) controller.enqueue(chunk)
        else {
          controller.enqueue(new TextEncoder().encode('\r\n'))
          controller.enqueue(formEnd)
          controller.close()
        }
        sent += chunk.byteLength
      },
    })
    const init = { method: 'POST', headers: formHeaders, body: form, duplex: 'half' }
    const response = fetch(server.url, init as RequestInit)
    await begun.promise
    // Wait until all buffers between them are full.
    for (let before = -1; before !== sent; ) {
      before = sent
      await setTimeout(200)
    }
    expect(sent).toBeLessThan(24 * MEGABYTE)
    proceed.resolve()
    expect(await (await response).json()).toBe(total)
  })

  it('fails in its function if the client disconnects, and the other files are discarded', async () => {
    const log: string[] = []
    const files = fileList({
      maxCount: 3,
      maxSize: 100 * MEGABYTE,
      async receive(part) {
        try {
          const size = (await new Response(part.body).bytes()).byteLength
          log.push(`received ${part.filename}`)
          return size
        } catch (error) {
          log.push(`${(error as Error).message}`)
          throw error
        }
      },
      discard: (size) => log.push(`discarded ${size}`),
    })
    const body = formBody(z.object({}), { files: { files } })
    await using server = await start(args({ body })(() => text('not called')))
    const socket = await begin(server.url)
    const first: SentPart = ['files', 'four', { filename: 'a' }]
    socket.write(formBytes([first]).subarray(0, -formEnd.length))
    socket.write(partHead(['files', '', { filename: 'b' }]))
    socket.write(new Uint8Array(50_000))
    await vi.waitFor(() => expect(log).toEqual(['received a']), 5000)
    socket.destroy()
    await vi.waitFor(() => {
      expect(log).toEqual(['received a', 'The request body was cut off.', 'discarded 4'])
    }, 5000)
    expect(server.errors).toEqual([])
  })

  it.each([
    ['of a type that is not accepted', 422, ['files', '', { filename: 'a', type: 'text/html' }]],
    ['that is text', 422, ['files', '']],
    ['that is too large', 413, ['files', '', { filename: 'a', type: 'image/png' }]],
  ] as const)('gets a response before it is sent to its end: one %s', async (_, status, part) => {
    const files = fileList({ maxCount: 3, maxSize: 30_000, types: ['image/*'], ...saveTo(folder) })
    const body = formBody(z.object({}), { files: { files } })
    await using server = await start(args({ body, limits: { maxBodySize: 200 * MEGABYTE } })(() => text('')))
    const socket = await begin(server.url)
    const response = statusLine(socket)
    socket.write(partHead(part as SentPart))
    socket.write(new Uint8Array(50_000))
    expect(await response).toMatch(`HTTP/1.1 ${status} `)
    expect(await readdir(folder)).toEqual([])
    socket.destroy()
  })

  it('leaves the connection usable for another request', async () => {
    const body = formBody(Title, { files: { video: file({ maxSize: 100, receive: () => 'ok' }) } })
    await using server = await start(args({ body })(({ args }) => text(args.body.video)))
    const part: SentPart = ['video', 'bytes', video]
    for (const [form, status] of [
      [[part, ['title', '?']], 422],
      [[['title', 'Sea'], part], 200],
      [[part, part], 422],
      [[part, ['title', 'Sea']], 200],
    ] as const) {
      const response = await post(server.url, ...(form as readonly SentPart[]))
      expect(response.status).toBe(status)
      await response.text()
    }
  })
})

describe('parts over a connection', () => {
  it('fail if the client disconnects', async () => {
    const seen = Promise.withResolvers<unknown>()
    const begun = Promise.withResolvers<void>()
    await using server = await start(async (environ) => {
      try {
        for await (const part of parts(environ, { maxBodySize: 200 * MEGABYTE })) {
          for await (const _ of part.body) begun.resolve()
        }
      } catch (error) {
        seen.resolve(error)
        throw error
      }
      return text('')
    })
    const socket = await begin(server.url)
    socket.write(partHead(['video', '', video]))
    socket.write(new Uint8Array(50_000))
    await begun.promise
    socket.destroy()
    expect(await seen.promise).toMatchObject({ status: 400, message: 'The request body was cut off.' })
    expect(server.errors).toEqual([])
  })
})

describe('saveTo', () => {
  const uploads = () => {
    const files = fileList({ maxCount: 3, maxSize: 30 * MEGABYTE, ...saveTo(folder) })
    const body = formBody(Title, { files: { files } })
    return start(args({ body })(({ args }) => json(args.body.files)))
  }

  it('saves files under random names in the folder', async () => {
    await using server = await uploads()
    const content = crypto.getRandomValues(new Uint8Array(60_000))
    const response = await post(
      server.url,
      ['title', 'Sea'],
      ['files', content, { filename: '../../etc/passwd', type: 'video/mp4' }],
      ['files', '', { filename: 'a' }],
    )
    const [first, second] = (await response.json()) as { path: string; size: number }[]
    expect(first).toEqual({
      path: expect.any(String),
      filename: '../../etc/passwd',
      type: 'video/mp4',
      size: 60_000,
    })
    expect(await readFile(first!.path)).toEqual(Buffer.from(content))
    expect(await readFile(second!.path)).toHaveLength(0)
    const names = await readdir(folder)
    expect(names.map((name) => join(folder, name)).sort()).toEqual([first!.path, second!.path].sort())
    for (const name of names) expect(name).toMatch(/^[\da-f-]{36}$/)
  })

  it('leaves nothing if the form is invalid, a file is too large or the client disconnects', async () => {
    await using server = await uploads()
    const part: SentPart = ['files', new Uint8Array(60_000), video]
    expect((await post(server.url, part, ['title', '?'])).status).toBe(422)
    expect(await readdir(folder)).toEqual([])
    const large: SentPart = ['files', new Uint8Array(31 * MEGABYTE), video]
    expect((await post(server.url, part, large)).status).toBe(413)
    expect(await readdir(folder)).toEqual([])
    const socket = await begin(server.url, 20 * MEGABYTE)
    socket.write(formBytes([part]).subarray(0, -formEnd.length))
    socket.write(partHead(part))
    socket.write(new Uint8Array(60_000))
    await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(2), 5000)
    socket.destroy()
    await vi.waitFor(async () => expect(await readdir(folder)).toEqual([]), 5000)
    expect(server.errors).toEqual([])
  })

  it('must get a folder', () => {
    expect(() => saveTo(join(folder, 'missing'))).toThrow('saveTo: folder must be an existing folder, got "')
    expect(() => saveTo(new URL('./node.ts', import.meta.url))).toThrow('saveTo: folder must be')
    expect(() => saveTo(undefined as never)).toThrow('saveTo: folder must be a path or a file: URL')
  })
})
