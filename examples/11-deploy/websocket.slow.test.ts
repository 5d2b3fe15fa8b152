import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '@tsgi/server'
import { websocket } from '@tsgi/websocket'
import { expect, it } from 'vitest'
import { freePort } from '../../scripts/ports.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { Nginx } from '../12-behind-nginx/front.ts'

const echo = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

it.runIf(requireProgram('nginx'))('passes WebSockets on with nginx.conf', async () => {
  await using server = await serve(echo, { listen: 'http://127.0.0.1:0' })
  const ports = [await freePort(), await freePort()]
  const configuration = readFileSync(join(import.meta.dirname, 'nginx.conf'), 'utf8')
    .replace(/ {2}server 10\.0\.0\.11:8000/, `  server ${new URL(server.addresses[0]!).host}`)
    .replace(/ {2}server 10\.0\.0\.12:8000.*/, '')
    .replace('listen 80;', `listen 127.0.0.1:${ports[0]};`)
    // Without TLS, for which there are other tests.
    .replace('listen 443 ssl http2;', `listen 127.0.0.1:${ports[1]};`)
    .replaceAll(/ {2}ssl_certificate.*/g, '')
    .replace(/access_log .*/, '')
  await using _ = await Nginx.start(configuration)

  const socket = new WebSocket(`ws://localhost:${ports[1]}/`)
  const received = Promise.withResolvers<string>()
  socket.onopen = () => socket.send('Hello')
  socket.onmessage = ({ data }) => {
    received.resolve(data)
    socket.close(1000)
  }
  socket.onerror = () => received.reject(new Error('the handshake was rejected'))
  expect(await received.promise).toBe('Hello')
})
