import { stack } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { websocket } from '@tsgi/websocket'
import { type Channels, channels } from '@tsgi/websocket/channels'
import { listening } from './listening.ts'

const room = stack(channels())(
  websocket<{ channels: Channels }>(async (socket, { channels }) => {
    socket.subscribe(channels.subscribe('room'))
    for await (const message of socket) await channels.publish('room', String(message))
  }),
)

await serve(room, listening)
