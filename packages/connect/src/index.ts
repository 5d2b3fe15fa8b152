/** Connect and Express middleware in TSGI applications. Requires Node's `http` module. */
export { connect } from './connect.ts'
export type { Connected, ConnectMiddleware, ConnectRequest, Next } from './types.ts'
