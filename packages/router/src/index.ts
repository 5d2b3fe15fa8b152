/**
 * A router for TSGI: a table of path-to-regexp patterns as an application.
 */
export type { HrefArguments } from './href.ts'
export type { RouteParams } from './params.ts'
export type { Router, RouterOptions } from './router.ts'
export { router } from './router.ts'
export type { Route } from './routes.ts'
export type { MethodTable, RouteHandler, RouteTable } from './table.ts'
