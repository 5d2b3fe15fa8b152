import type { SignatureOf } from '@tsgi/core'
import type { HrefArguments } from '@tsgi/router'
import type { InitArguments } from './init.ts'
import type { ReplyPromise } from './reply.ts'
import type { ApplicationFor, EntryOf, MountsOf, PatternsFor, TableAt, WholeTable } from './table.ts'

/** A method of a client, which calls the routes of a table for one HTTP method. */
export type ClientMethod<Table, Method extends string> = <P extends PatternsFor<WholeTable<Table>, Method>>(
  pattern: P,
  ...init: InitArguments<NoInfer<P>, Declared<Table, NoInfer<P>, Method>>
) => ReplyPromise<Declared<Table, P, Method>>

type Declared<Table, P extends PropertyKey, Method extends string> = SignatureOf<
  ApplicationFor<EntryOf<Table, P>, Method>
>

/** A client for the routes of a table. */
export interface Client<Table> {
  readonly get: ClientMethod<Table, 'GET'>
  /** Asks for the headers of a GET. */
  readonly head: ClientMethod<Table, 'GET'>
  readonly post: ClientMethod<Table, 'POST'>
  readonly put: ClientMethod<Table, 'PUT'>
  readonly patch: ClientMethod<Table, 'PATCH'>
  readonly delete: ClientMethod<Table, 'DELETE'>
  /** Returns the client of the router that is mounted at a path: `/admin` for the pattern `/admin/*rest`. */
  at<P extends MountsOf<Table>>(prefix: P, ...params: HrefArguments<NoInfer<P>>): Client<TableAt<Table, P>>
}
