import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { startContender } from './contender.ts'
import { check, send } from './exchange.ts'

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('starts a program, reports what it used, and stops it', async () => {
  const contender = await startContender('node-http', 'hello')
  const before = await contender.usage()
  for (let count = 0; count < 20; count++) await send(contender.port, { path: '/' })
  const after = await contender.usage()
  expect(after.cpu).toBeGreaterThan(before.cpu)
  expect(after.peakMemory).toBeGreaterThan(10e6)
  expect(runs(contender.pid)).toBe(true)
  await contender.stop()
  expect(runs(contender.pid)).toBe(false)
})

it('reports the output of a program that does not start', async () => {
  await expect(startContender('node-http', 'no-such-work')).rejects.toThrow(
    /node-http\/no-such-work\.ts ended before it listened\n[\s\S]*Cannot find module/,
  )
})

it('rejects a contender whose response differs', async () => {
  const server = createServer((_request, response) => response.end('Hi')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const exchanges = [{ path: '/', answer: { status: 200, body: 'Hello, World!' } }]
  await expect(check('lazy', port, exchanges)).rejects.toThrow(
    'lazy answers GET / with the body "Hi", not "Hello, World!"',
  )
  server.close()
})
