import { fork } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { formEnd, formHeaders, partHead } from '../test/multipart.ts'

const MEGABYTE = 1_000_000
const total = 600 * MEGABYTE

/** Sends a form with a file of 600 MB. */
async function upload(url: string): Promise<unknown> {
  const block = new Uint8Array(MEGABYTE).fill(13)
  let sent = 0
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(partHead(['file', '', { filename: 'sea.raw' }])),
    pull(controller) {
      if (sent === total) {
        controller.enqueue(new TextEncoder().encode('\r\n'))
        controller.enqueue(formEnd)
        controller.close()
        return
      }
      controller.enqueue(block)
      sent += block.byteLength
    },
  })
  const init = { method: 'POST', headers: formHeaders, body, duplex: 'half' }
  const response = await fetch(url, init as RequestInit)
  expect(response.status).toBe(200)
  return response.json()
}

it('streams and skips files without keeping them in memory', async () => {
  const server = fork(new URL('../test/upload-server.ts', import.meta.url))
  try {
    const [url] = (await once(server, 'message')) as [string]
    const peak = async (): Promise<number> => {
      const reply = once(server, 'message')
      server.send('peak')
      return (await reply)[0] as number
    }
    const before = await peak()
    expect(await upload(new URL('/receive', url).href)).toBe(total)
    expect(await upload(new URL('/skip', url).href)).toBe(1)
    expect((await peak()) - before).toBeLessThan(200 * MEGABYTE)
  } finally {
    const exited = once(server, 'exit')
    server.kill()
    await exited
  }
}, 120_000)
