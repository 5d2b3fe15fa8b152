import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { encodePacket } from '@tsgi/uwsgi'
import { expect, it } from 'vitest'
import { freePort } from '../../scripts/ports.ts'
import { requireProgram } from '../../scripts/programs.ts'
import { configuration, Nginx, scratch } from './front.ts'
import { dump, packetServer } from './packet.ts'

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')
const [, shown] = /^```\n(00 (?:.+\n)+)```$/m.exec(readme)!

it('prints the packet in the format of the README', () => {
  expect(dump(encodePacket(variables(shown!).flat()))).toBe(shown)
})

it.runIf(requireProgram('nginx'))('receives from nginx the packet that the README shows', async () => {
  using folder = scratch()
  const socket = join(folder.path, 'uwsgi.sock')
  const server = packetServer().listen(socket)
  const port = await freePort()
  await using _ = await Nginx.start(configuration('nginx-uwsgi.conf', port, `unix:${socket}`))
  const sent = await ask(port)
  server.close()
  expect(steady(sent)).toEqual(steady(shown!))
})

it('survives an invalid packet and closes its connection', async () => {
  using folder = scratch()
  const socket = join(folder.path, 'uwsgi.sock')
  const server = packetServer().listen(socket)
  const connection = connect(socket)
  connection.write('GET / HTTP/1.1\r\n\r\n')
  expect(await connection.toArray()).toEqual([])
  server.close()
})

it('rejects an incomplete packet', () => {
  expect(() => dump(encodePacket(['A', 'b']).subarray(0, -1))).toThrow(RangeError)
})

/** Sends the request of the README as curl does. Returns the body of the response. */
async function ask(port: number): Promise<string> {
  const connection = connect(port, '127.0.0.1')
  const fields = [`Host: localhost:${port}`, 'User-Agent: curl/7.88.1', 'Accept: */*']
  connection.write(`GET /users/ada?page=2 HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`)
  let answer = ''
  for await (const chunk of connection) {
    answer += chunk
    const [, length, body] = /^Content-Length: (\d+)\r\n(?:.+\r\n)*\r\n([\s\S]*)$/m.exec(answer) ?? []
    if (body !== undefined && body.length === Number(length)) return body
  }
  throw new Error(`nginx closed the connection after ${JSON.stringify(answer)}`)
}

/** Parses the names and values of a printed packet. */
function variables(printed: string): [name: string, value: string][] {
  const lines = printed.trimEnd().split('\n').slice(1)
  return lines.map((line) => {
    const [, name, value = ''] = /^.{5} {2}(\S+) +.{5}(?: {2}(.*))?$/.exec(line)!
    return [name!, value]
  })
}

/** Returns the variables without the ports, which vary. */
function steady(printed: string): Record<string, string> {
  const all = Object.fromEntries(variables(printed))
  return { ...all, REMOTE_PORT: '', SERVER_PORT: '', HTTP_HOST: all.HTTP_HOST!.replace(/\d+$/, '') }
}
