import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { through } from '../test/helpers.ts'

describe('a response of the middleware', () => {
  const answering = (
    use: (res: ServerResponse & { redirect(...args: unknown[]): void }) => void,
    method = 'GET',
  ) => through((_req, res) => use(res as never), undefined, method)

  it('is sent to the client', async () => {
    const response = await answering((res) => {
      res.writeHead(418, 'Teapot', { 'Content-Type': 'text/html', 'Set-Cookie': ['a=1', 'b=2'] })
      res.write('short ')
      res.write(Buffer.from('and '))
      res.end('c3RvdXQ=', 'base64')
    })
    expect([response.status, response.statusText]).toEqual([418, 'Teapot'])
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(await response.text()).toBe('short and stout')
  })

  it('accepts every form of writeHead', async () => {
    const heads: ((res: ServerResponse) => void)[] = [
      (res) => res.writeHead(201, { 'X-A': '1' }),
      (res) => res.writeHead(201, ['X-A', '1']),
      (res) => res.writeHead(201, [['X-A', '1']] as never),
      (res) => res.setHeader('X-A', 1).writeHead(201),
      (res) => {
        res.statusCode = 201
        res.appendHeader('X-A', '1')
        res.flushHeaders()
      },
    ]
    for (const head of heads) {
      const response = await answering((res) => {
        head(res)
        res.end()
      })
      expect([response.status, response.headers.get('x-a')]).toEqual([201, '1'])
      expect(await response.text()).toBe('')
    }
  })

  it('has a default Content-Type if it has a body', async () => {
    const type = async (use: Parameters<typeof answering>[0]) =>
      (await answering(use)).headers.get('content-type')
    expect(await type((res) => res.end('Unauthorized'))).toBe('text/plain; charset=utf-8')
    expect(await type((res) => res.end(Buffer.from('?')))).toBe('application/octet-stream')
    expect(await type((res) => res.end())).toBeNull()
    expect(await type((res) => res.writeHead(304, { 'content-type': 'text/html' }).end())).toBeNull()
  })

  it('has no body for HEAD and 204, and no hop-by-hop fields', async () => {
    expect((await answering((res) => res.end('body'), 'HEAD')).body).toBeNull()
    const response = await answering((res) => {
      res.writeHead(204, { Connection: 'close', 'Keep-Alive': 'x', 'Content-Length': '4' })
      res.end('body')
    })
    expect([response.status, response.body, [...response.headers]]).toEqual([204, null, []])
  })

  it('can redirect like Express', async () => {
    const there = async (...args: unknown[]) => {
      const { status, headers } = await answering((res) => res.redirect(...args))
      return [status, headers.get('location')]
    }
    expect(await there('/sign-in?next=%2Fa')).toEqual([302, '/sign-in?next=%2Fa'])
    expect(await there(303, '/Äpfel')).toEqual([303, '/%C3%84pfel'])
  })

  it('emits drain when there is room again', async () => {
    const log: string[] = []
    const response = await answering((res) => {
      log.push(String(res.write(Buffer.alloc(20_000))))
      res.on('drain', () => {
        log.push('drain')
        res.end('!')
      })
    })
    expect(log).toEqual(['false'])
    expect((await response.arrayBuffer()).byteLength).toBe(20_001)
    expect(log).toEqual(['false', 'drain'])
  })

  it('calls the callbacks of write and end, and ignores writes after the end', async () => {
    const log: unknown[] = []
    const response = await answering((res) => {
      res.write('one', () => log.push('written'))
      res.end(() => log.push('finished'))
      res.end('again')
      res.flushHeaders()
      res.write('late', 'utf8', (error) => log.push((error as NodeJS.ErrnoException).code))
      expect(() => res.setHeader('x', 'y')).toThrow('Cannot set headers after they are sent')
    })
    expect(await response.text()).toBe('one')
    await expect.poll(() => log).toEqual(['written', 'ERR_STREAM_WRITE_AFTER_END', 'finished'])
  })

  it('can be written to after the reader has cancelled', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const response = await answering((res) => {
      res.write('one')
      res.on('close', () => resolve(res.write(Buffer.alloc(100_000))))
    })
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(await promise).toBe(true)
  })

  it('is cut off if the middleware destroys it', async () => {
    const response = await answering((res) => {
      res.write('one')
      setImmediate(() => res.destroy(new Error('broken')))
    })
    await expect(response.text()).rejects.toThrow('broken')
    expect((await answering((res) => void res.destroy())).status).toBe(500)
  })

  it('is a 500 if it is not valid', async () => {
    expect((await answering((res) => res.write(7))).status).toBe(500)
    expect((await answering((res) => res.writeHead(101).end())).status).toBe(500)
  })
})
