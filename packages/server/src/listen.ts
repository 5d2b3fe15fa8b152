/**
 * Listening sockets without HTTP, for processes that accept connections and pass them to other processes.
 */
export { acceptEstablished } from './listen/accept-established.ts'
export type { SocketOptions } from './listen/listen.ts'
export { listen, readSocketOptions } from './listen/listen.ts'
export type { ListenAddress } from './listen/listen-address.ts'
export { parseListenAddress, parseListenOption } from './listen/listen-address.ts'
export { ignoreSocketErrors } from './listen/socket-errors.ts'
