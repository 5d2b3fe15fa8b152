/** Sessions over `@tsgi/cookies`, in a store that commits against a version, so that no concurrent write is lost. */

export type { Flash } from './content.ts'
export type { CookieStore } from './cookie.ts'
export type { SessionEnviron } from './keeper.ts'
export { markResponse } from './response.ts'
export type { Schema, SchemaResult, StandardSchema } from './schema.ts'
export { session } from './session.ts'
export type { ReadableSession, Session } from './session-type.ts'
export type { SessionOptions, Sessions, StoreOptions } from './sessions.ts'
export { createSessions } from './sessions.ts'
export type { SessionCookie, SettingsOptions } from './settings.ts'
export type { Awaitable, Entry, Outcome, Store, Stored } from './store.ts'
export type { Immutable, Read } from './value.ts'
