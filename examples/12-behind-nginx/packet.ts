/** A uwsgi server that responds to each request with its packet. Run it to see what nginx sends, on port 8080. */
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { PacketReader } from '@tsgi/uwsgi'
import { configuration, interrupted, Nginx, scratch } from './front.ts'

export function packetServer(): Server {
  return createServer((socket) => {
    const chunks: Buffer[] = []
    const reader = new PacketReader()
    let over = false
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      if (over) return
      chunks.push(chunk)
      try {
        over = reader.push(chunk) !== undefined
      } catch {
        socket.destroy()
      }
      if (over) socket.end(response(dump(Buffer.concat(chunks))))
    })
  })
}

/** The response is HTTP, even though the request is not. */
function response(body: string): string {
  const length = Buffer.byteLength(body)
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n${body}`
}

/** Formats a packet, one line per variable: lengths as bytes, text as text. */
export function dump(bytes: Buffer): string {
  const packet = new PacketReader().push(bytes)
  if (packet === undefined) throw new RangeError('the packet is incomplete')
  const { modifier1, modifier2, variables } = packet
  const size = `${bytes.readUInt16LE(1)} bytes of variables`
  const lines = [`${hex(bytes, 0, 4)}  modifier1 ${modifier1}, ${size}, modifier2 ${modifier2}`]
  const width = Math.max(...variables.filter((_, index) => index % 2 === 0).map((name) => name.length))
  let at = 4
  for (let index = 0; index < variables.length; index += 2) {
    const [name, value] = [variables[index]!, variables[index + 1]!]
    const valueAt = at + 2 + name.length
    lines.push(`${hex(bytes, at, 2)}  ${name.padEnd(width)}  ${hex(bytes, valueAt, 2)}  ${value}`.trimEnd())
    at = valueAt + 2 + value.length
  }
  return `${lines.join('\n')}\n`
}

function hex(bytes: Buffer, at: number, length: number): string {
  return bytes
    .subarray(at, at + length)
    .toString('hex')
    .replace(/..(?=.)/g, '$& ')
}

if (import.meta.main) {
  using folder = scratch()
  const socket = join(folder.path, 'uwsgi.sock')
  const server = packetServer().listen(socket)
  await using _ = await Nginx.start(configuration('nginx-uwsgi.conf', 8080, `unix:${socket}`))
  console.log('http://localhost:8080')
  await interrupted()
  server.close()
}
