export type { WebSocketLimits, WebSocketOptions } from './options/websocket-options.ts'
export type { Socket } from './socket.ts'
export type { Close, Message } from './transport/transport.ts'
export { type WebSocketHandler, websocket } from './websocket.ts'
