import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../../server/test/certificate.ts'
import { Http2Client } from '../../../server/test/http2-client.ts'
import { until } from '../../../server/test/start.ts'
import { Command } from '../../test/command.ts'

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

describe('tsgi serve', () => {
  it('listens with TLS, and reloads the certificate on SIGHUP', async () => {
    await using own = await TestCertificate.make()
    const { cert, key } = own.files
    using command = new Command('serve', 'hello.ts', '--https', '127.0.0.1:0', '--cert', cert, '--key', key)
    const [url = ''] = await command.addresses()
    using before = new Http2Client(url, own.ca)
    expect(String((await before.request({})).body)).toBe('Hello from the fixture')
    await own.renew()
    command.process.kill('SIGHUP')
    await until(() => command.stdout.includes('certificate reloaded'))
    using after = new Http2Client(url, own.ca)
    expect((await after.request({})).status).toBe(200)
  })

  it('reloads workers that speak HTTP/2', async () => {
    await using own = await TestCertificate.make()
    const { cert, key } = own.files
    using command = new Command(
      ...['serve', 'hello.ts', '--https', '127.0.0.1:0', '--cert', cert, '--key', key, '--workers', '1'],
    )
    const [url = ''] = await command.addresses()
    using before = new Http2Client(url, own.ca)
    expect((await before.request({})).status).toBe(200)
    await own.renew()
    command.process.kill('SIGHUP')
    await before.closed
    expect(before.goodbyes).toEqual([1])
    using after = new Http2Client(url, own.ca)
    expect((await after.request({})).status).toBe(200)
  })

  it('reports an invalid certificate', async () => {
    const { cert } = certificate.files
    for (const [args, code, message] of [
      [
        ['--https', ':0'],
        2,
        'tsgi: --cert and --key must be set for an https:// address, to the paths of two PEM files\n',
      ],
      [['--https', ':0', '--cert', cert], 2, 'tsgi: --cert and --key must be the paths of two PEM files\n'],
      [
        ['--http', ':0', '--cert', cert, '--key', cert],
        2,
        'tsgi: --cert and --key must be used with an https:// address',
      ],
      [
        ['--https', ':0', '--cert', cert, '--key', cert],
        1,
        `tsgi: ${cert} and ${cert} are not a certificate`,
      ],
      [
        ['--https', ':0', '--cert', cert, '--key', '/none'],
        1,
        'tsgi: the private key cannot be read: ENOENT',
      ],
      [
        ['--https', 'host', '--cert', cert, '--key', cert],
        2,
        "tsgi: --https must be HOST:PORT or :PORT, got 'host'",
      ],
    ] as const) {
      using command = new Command('serve', 'hello.ts', ...args)
      expect(await command.exit).toBe(code)
      expect(command.stderr.startsWith(message)).toBe(true)
      expect(command.stderr).not.toMatch(/^\s+at /m)
    }
  })
})
