import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from '@tsgi/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ServeOptions, serve } from '../index.ts'

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
