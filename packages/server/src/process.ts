/**
 * For a program that manages server processes, such as the command `tsgi`: servers that take their connections from
 * elsewhere, are observed, and can be drained.
 */
export type { DrainableServer, ServerHost } from './serve/start-servers.ts'
export { startServers } from './serve/start-servers.ts'
