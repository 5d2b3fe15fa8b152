/** Connect and Express middleware in TSGI applications. Needs Node's `http` module. */
export { connect } from './connect.ts'
export type { Connected, ConnectMiddleware, ConnectRequest, Next } from './types.ts'
