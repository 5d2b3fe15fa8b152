import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer()
new WebSocketServer({ server, maxPayload: 1024 * 1024 }).on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})
server.listen(Number(process.env.PORT), '127.0.0.1')
