import { expect, it } from 'vitest'
import { timeOfRequest } from './overhead.ts'

const task = (request: string) => ({ requests: [request], warmUp: 1, measured: 1 })

it('measures a program without sockets', { timeout: 60_000 }, async () => {
  const get = task('GET / HTTP/1.1\r\nhost: 127.0.0.1:8000\r\n\r\n')
  expect(await timeOfRequest('tsgi (engine)', 'hello', get, { fromSource: true })).toBeGreaterThan(0)
})

it('rejects a program that responds with an error', { timeout: 60_000 }, async () => {
  const post = task('POST /orders HTTP/1.1\r\nhost: 127.0.0.1:8000\r\ncontent-length: 1\r\n\r\n{')
  await expect(timeOfRequest('node-http', 'validate', post, {})).rejects.toThrow(
    /^node-http\/validate\.ts cannot be measured\n[\s\S]*HTTP\/1\.1 400/,
  )
})
