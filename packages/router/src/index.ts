/**
 * Dispatches requests to applications by path and method, using a table of path-to-regexp patterns.
 */
export type { HrefArguments } from './href.ts'
export type { RouteDescription } from './metadata.ts'
export { describe, route } from './metadata.ts'
export type { RouteParams } from './params.ts'
export type { Router, RouterOptions } from './router.ts'
export { router } from './router.ts'
export type { Route } from './routes.ts'
export type { MethodTable, RouteHandler, RouteTable } from './table.ts'
