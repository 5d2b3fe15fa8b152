/**
 * Middleware of Connect and Express: `@tsgi/connect`. It needs Node's `http` module.
 */
export { connect } from './connect.ts'
export type { Connected, ConnectMiddleware, ConnectRequest, Next } from './contract.ts'
