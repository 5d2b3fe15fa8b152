import { once } from 'node:events'
import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../test/raw-client.ts'
import { serve } from '../../test/serve.ts'
import type { ServeOptions } from '../index.ts'

const app = () => text('x')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-listen-'))
})
afterAll(() => rm(folder, { recursive: true }))

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('unixMode', () => {
  it('sets the mode of the file regardless of the umask, and does not change the umask', async () => {
    const before = process.umask()
    for (const mode of [0o660, 0o777, 0o600]) {
      const path = join(folder, `${mode}.sock`)
      await using _ = await serve(app, { listen: `unix:${path}`, unixMode: mode })
      expect(await modeOf(path)).toBe(mode.toString(8))
    }
    expect(process.umask()).toBe(before)
  })
})

describe('the file of a Unix socket', () => {
  it('is removed when the server closes, with nothing left behind', async () => {
    const own = await mkdtemp(join(folder, 'own-'))
    const server = await serve(app, { listen: `unix:${join(own, 'app.sock')}` })
    expect(await readdir(own)).toEqual(['app.sock'])
    await server.close()
    expect(await readdir(own)).toEqual([])
  })

  it('is not removed by a server whose file was replaced by a newer one', async () => {
    const path = join(folder, 'replaced.sock')
    const older = await serve(app, { listen: `unix:${path}` })
    await rm(path)
    const newer = await serve(app, { listen: `unix:${path}` })
    await older.close()
    using client = new RawClient(path)
    expect((await client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n').response()).status).toBe(200)
    await newer.close()
    await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is named in errors', async () => {
    const path = join(folder, 'taken.sock')
    await using _ = await serve(app, { listen: `unix:${path}` })
    const nowhere = join(folder, 'no', 'such', 'folder.sock')
    for (const each of [path, nowhere])
      await expect(serve(app, { listen: `unix:${each}` })).rejects.toThrow(each)
  })

  it('can have the longest path', async () => {
    const path = join(folder, 'x'.repeat(106 - folder.length))
    expect(path.length).toBe(107)
    await using _ = await serve(app, { listen: `unix:${path}` })
    expect((await stat(path)).isSocket()).toBe(true)
  })
})

it('serves the connections that were established before the server stops', async () => {
  const path = join(folder, 'established.sock')
  const server = await serve(app, { listen: ['http://127.0.0.1:0', `unix:${path}`] })
  const targets = [Number(new URL(server.addresses[0]!).port), path]
  const clients = targets.flatMap((target) => Array.from({ length: 20 }, () => new RawClient(target)))
  await Promise.all(clients.map(({ socket }) => once(socket, 'connect')))
  for (const client of clients) client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const closed = server.close()
  for (const client of clients) expect((await client.response()).status).toBe(200)
  await closed
})

describe('reusePort', () => {
  it('lets two servers share a port', async () => {
    await using one = await serve(app, { listen: 'http://127.0.0.1:0', reusePort: true, backlog: 16 })
    const listen = one.addresses[0]!
    await using two = await serve(app, { listen, reusePort: true })
    expect(two.addresses).toEqual(one.addresses)
    expect((await fetch(listen)).status).toBe(200)
    await expect(serve(app, { listen })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

it('rejects invalid socket options by name', async () => {
  for (const [option, value] of [
    ['unixMode', 0o1000],
    ['unixMode', '660'],
    ['backlog', 0],
    ['backlog', 1.5],
    ['reusePort', 1],
  ] as const) {
    const refused = serve(app, { [option]: value } as ServeOptions)
    await expect(refused).rejects.toThrow(new RegExp(`^serve: ${option} must be `))
  }
})
