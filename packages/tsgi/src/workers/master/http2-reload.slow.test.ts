import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestCertificate } from '../../../../server/test/certificate.ts'
import { Http2Client } from '../../../../server/test/http2-client.ts'
import { Command } from '../../../test/command.ts'
import type { Told } from '../../../test/workers.ts'

let certificate: TestCertificate
beforeAll(async () => {
  certificate = await TestCertificate.make()
})
afterAll(() => certificate[Symbol.asyncDispose]())

describe('a reload over HTTP/2', () => {
  it('rejects no requests of clients that send the next one immediately', async () => {
    const { cert, key } = certificate.files
    using command = new Command(
      ...['serve', 'process.ts', '--https', '127.0.0.1:0', '--cert', cert, '--key', key, '--workers', '2'],
    )
    const [url] = await command.addresses()
    const failures: unknown[] = []
    const seen = new Set<number>()
    let requests = 0
    let loading = true

    /** Sends requests on one connection at a time, and opens a new one after each GOAWAY. */
    const client = async (paths: readonly string[]) => {
      while (loading) {
        using connection = new Http2Client(url!, certificate.ca)
        const { session } = connection
        const ask = async (path: string) => {
          while (loading && !session.closed) {
            const { body } = await connection.request({ ':path': path })
            seen.add((JSON.parse(String(body)) as Told).pid)
            requests++
            // Leave CPU time for the new workers to start.
            if (requests % 10 === 0) await sleep(5)
          }
        }
        const asked = await Promise.allSettled(paths.map(ask))
        for (const outcome of asked) if (outcome.status === 'rejected') failures.push(outcome.reason)
        session.close()
      }
    }
    const clients = [
      client(Array.from({ length: 10 }, () => '/')),
      client(Array.from({ length: 10 }, () => '/wait/5')),
      client(['/', '/wait/20', '/wait/50']),
    ]
    for (let reloads = 1; reloads <= 3; reloads++) await command.reload()
    loading = false
    await Promise.all(clients)
    expect(failures).toEqual([])
    expect(requests).toBeGreaterThan(500)
    expect(seen.size).toBeGreaterThan(4)
    expect(command.stderr).toBe('')
  }, 60_000)
})
