import { serve } from '@tsgi/server'
import { websocket } from '@tsgi/websocket'

const echo = websocket(async (socket) => {
  for await (const message of socket) await socket.send(message)
})

await serve(echo, { listen: `http://127.0.0.1:${process.env.PORT}` })
