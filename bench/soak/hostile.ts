/** Clients that break the rules. Nothing of theirs is counted. */
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

type Attack = (socket: Socket) => Promise<void> | void

const GET = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n'

const attacks: readonly Attack[] = [
  (socket) => reset(socket, 'GET / HT'),
  (socket) => reset(socket, 'GET / HTTP/1.1\r\nHost: a\r\nX: '),
  (socket) => reset(socket, GET),
  (socket) => reset(socket, GET.repeat(200)),
  (socket) => reset(socket, 'GET /page HTTP/1.1\r\nHost: a\r\n\r\n'),
  (socket) => reset(socket, 'GET /stream HTTP/1.1\r\nHost: a\r\n\r\n'),
  (socket) => reset(socket, 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'),
  (socket) => reset(socket, 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nxxx'),
  (socket) =>
    reset(socket, 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFF\r\nx'),
  (socket) => reset(socket, 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'),
  (socket) => leave(socket, '\x16\x03\x01\x02\x00\x01'),
  (socket) => leave(socket, 'GARBAGE\r\n\r\n'),
  (socket) => leave(socket, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`),
  (socket) =>
    leave(
      socket,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ),
  (socket) => leave(socket, GET.repeat(50)),
  (socket) => leave(socket, 'GET / HTTP/1.1\r\nHost: a\r\n'),
  async (socket) => {
    for (const character of 'GET / HTTP/1.1\r\n') {
      socket.write(character)
      await sleep(100)
    }
    socket.destroy()
  },
  // Reads nothing.
  async (socket) => {
    socket.pause()
    socket.write('GET /page HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20))
    await sleep(5_000)
    socket.destroy()
  },
]

/** Attacks from several clients at once until the signal aborts. */
export async function runHostile(port: number, signal: AbortSignal): Promise<void> {
  const loops = Array.from({ length: 12 }, async (_, first) => {
    for (let n = first; !signal.aborted; n++) {
      const socket = open(port)
      await attacks[n % attacks.length]!(socket)
      await sleep(Math.random() * 100)
    }
  })
  await Promise.all(loops)
}

/** Opens idle connections one after another, keeps them for some milliseconds, then leaves. */
export async function hoard(port: number, count: number, milliseconds: number): Promise<void> {
  const sockets: Socket[] = []
  for (let n = 0; n < count; n++) {
    sockets.push(open(port))
    await sleep(3)
  }
  await sleep(milliseconds)
  for (const socket of sockets) socket.destroy()
}

function open(port: number): Socket {
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    .on('error', () => {})
    .resume()
}

async function reset(socket: Socket, data: string): Promise<void> {
  socket.write(data)
  await sleep(Math.random() * 400)
  socket.resetAndDestroy()
}

async function leave(socket: Socket, data: string): Promise<void> {
  socket.end(data)
  await sleep(Math.random() * 400)
  socket.destroy()
}
