/**
 * Other contracts as TSGI's, and TSGI's as theirs. `@tsgi/bridges/wsgi` alone has PEP 3333's and needs no Node,
 * `@tsgi/bridges/connect` that of Connect and Express, `@tsgi/bridges/simple-server` a server for the former.
 */
export { connect } from './connect/connect.ts'
export type { Connected, ConnectMiddleware, ConnectRequest, Next } from './connect/contract.ts'
export type { SimpleServer } from './simple-server.ts'
export { makeServer } from './simple-server.ts'
export { b } from './wsgi/bytes.ts'
export type {
  Blocks,
  StartResponse,
  Write,
  WsgiApplication,
  WsgiEnviron,
  WsgiErrors,
  WsgiHeaders,
  WsgiInput,
} from './wsgi/contract.ts'
export { toWsgi } from './wsgi/to-wsgi.ts'
export { validator } from './wsgi/validator.ts'
export { ValidatorError } from './wsgi/validator-error.ts'
export { wsgi } from './wsgi/wsgi.ts'
