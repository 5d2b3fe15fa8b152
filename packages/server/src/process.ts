/**
 * For programs that manage server processes, such as the command `tsgi`: servers that receive their connections from
 * another process, report to observers, and can be drained.
 */
export type { DrainableServer, ServerHost } from './serve/start-servers.ts'
export { startServers } from './serve/start-servers.ts'
