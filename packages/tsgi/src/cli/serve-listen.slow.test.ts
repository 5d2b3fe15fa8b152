import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { serve } from '@tsgi/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RawClient } from '../../../server/test/raw-client.ts'
import { until } from '../../../server/test/start.ts'
import { uwsgiProxy } from '../../../uwsgi/src/index.ts'
import { Command } from '../../test/command.ts'

const app = () => text('x')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsgi-listen-'))
})
afterAll(() => rm(folder, { recursive: true }))

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

/** Sends a request to a uwsgi server. */
const ask = (socket: string, path = '/') => client(uwsgiProxy({ socket })).get(path)

describe('tsgi serve', () => {
  it('sets the mode of Unix sockets, with workers too', async () => {
    for (const flags of [[], ['--workers', '1']]) {
      const path = join(folder, `flag${flags.length}.sock`)
      using command = new Command('serve', 'hello.ts', '--unix', path, '--unix-mode', '606', ...flags)
      await command.addresses()
      expect(await modeOf(path)).toBe('606')
    }
    using wrong = new Command('serve', 'hello.ts', '--unix-mode', '888')
    expect(await wrong.exit).toBe(2)
    expect(wrong.stderr).toContain("tsgi: --unix-mode must be three octal digits, such as 660, got '888'")
  })

  it('shares a port with --reuse-port', async () => {
    await using one = await serve(app, { listen: 'http://127.0.0.1:0', reusePort: true })
    const place = one.addresses[0]!.slice('http://'.length)
    using command = new Command('serve', 'hello.ts', '--http', place, '--reuse-port', '--backlog', '5')
    expect(await command.addresses()).toEqual(one.addresses)
  })

  it('reads the PROXY protocol, with workers too', async () => {
    using command = new Command(
      ...['serve', 'hello.ts', '--http', '127.0.0.1:0', '--proxy-protocol', '127.0.0.1', '--workers', '1'],
      ...['--access-log', 'combined'],
    )
    const [url = ''] = await command.addresses()
    using client = new RawClient(Number(new URL(url).port))
    client.send('PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect((await client.response()).status).toBe(200)
    using wrong = new Command('serve', 'hello.ts', '--proxy-protocol', 'everyone')
    expect(await wrong.exit).toBe(2)
    expect(wrong.stderr).toMatch(/^tsgi: --proxy-protocol must hold addresses/)
  })

  it('writes the access log to standard output', async () => {
    for (const [format, line] of [
      ['combined', /^127\.0\.0\.1 - - \[.*\] "GET \/x HTTP\/1\.1" 200 22 /m],
      ['json', /^\{.*"url":"\/x".*\}$/m],
    ] as const) {
      using command = new Command('serve', 'hello.ts', '--http', '127.0.0.1:0', '--access-log', format)
      await fetch(`${(await command.addresses())[0]}/x`)
      await until(() => line.test(command.stdout))
    }
    using command = new Command('serve', 'hello.ts', '--access-log', 'xml')
    expect(await command.exit).toBe(2)
    expect(command.stderr).toContain("tsgi: --access-log must be combined or json, got 'xml'")
  })
})

describe('tsgi serve --uwsgi', () => {
  it('listens on a socket and on a port', async () => {
    const path = join(folder, 'command.sock')
    using command = new Command('serve', 'hello.ts', '--uwsgi', path, '--uwsgi', '127.0.0.1:0')
    const [socket, port] = await command.addresses(2)
    expect(socket).toBe(`uwsgi:${path}`)
    expect((await ask(socket!)).status).toBe(200)
    expect((await ask(port!)).status).toBe(200)
  })

  it('loses no request during a reload of its workers', async () => {
    const path = join(folder, 'workers.sock')
    using command = new Command('serve', 'process.ts', '--uwsgi', path, '--workers', '2')
    const [address] = await command.addresses()
    const pids = new Set<number>()
    command.process.kill('SIGHUP')
    while (pids.size < 4) {
      const responses = await Promise.all(Array.from({ length: 8 }, () => ask(address!)))
      for (const response of responses) {
        expect(response.status).toBe(200)
        const { pid, multiprocess } = await response.json()
        expect(multiprocess).toBe(true)
        pids.add(pid)
      }
    }
  })

  it('rejects an invalid address', async () => {
    using command = new Command('serve', 'hello.ts', '--uwsgi', ':3031')
    expect(await command.exit).toBe(2)
    expect(command.stderr).toContain(
      "--uwsgi must be the PATH of a socket of at most 107 bytes, or HOST:PORT, got ':3031'",
    )
  })
})
