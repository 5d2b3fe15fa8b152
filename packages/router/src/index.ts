/**
 * Route tables of path-to-regexp patterns as an application.
 */
export type { Params } from './params.ts'
export type { Router, RouterOptions } from './router.ts'
export { router } from './router.ts'
export type { Route } from './routes.ts'
export type { MethodTable, Routed, RouteTable } from './table.ts'
