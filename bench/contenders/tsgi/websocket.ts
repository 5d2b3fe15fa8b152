import { serve } from '@tsgi/server'
import { websocket } from '@tsgi/websocket'
import { listening } from './listening.ts'

const echo = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

await serve(echo, listening)
