import type { AnyMiddleware, ProvidesOf, RequiresOf } from '../contract/application.ts'

/** `M` itself if it can be composed. Otherwise, each argument that is wrong becomes a message that says what to do. */
export type Checked<M extends readonly unknown[], Before = unknown> = M extends readonly [
  infer First,
  ...infer Others,
]
  ? [CheckedOne<First, Before, Others>, ...Checked<Others, Before & Provided<First>>]
  : M extends readonly []
    ? M
    : CheckedList<M, Before>

/** The keys that a member of a stack provides: none if it is a function whose type does not say. */
export type Provided<M> = [ProvidesOf<M>] extends [never] ? unknown : ProvidesOf<M>
/** The keys that a member of a stack requires. */
export type Required<M> = [RequiresOf<M>] extends [never] ? unknown : RequiresOf<M>

type CheckedOne<First, Before, Others extends readonly unknown[]> = [ProvidesOf<First>] extends [never]
  ? CheckedFunction<First>
  : [Replaced<First, Before>] extends [never]
    ? [Exclude<keyof RequiresOf<First>, keyof Before>] extends [never]
      ? Before extends RequiresOf<First>
        ? First
        : Conflict<First, Before>
      : CheckedLate<First, Before, ProvidedByAll<Others>>
    : 0 extends 1 & Before
      ? First
      : `'${Replaced<First, Before> & string}' is already provided in this stack: remove one of the two middleware, or let this one require '${Replaced<First, Before> & string}' to replace it`

/** The keys that a middleware provides although they already exist and it does not require them. */
type Replaced<First, Before> = Extract<
  Exclude<keyof ProvidesOf<First>, keyof RequiresOf<First>>,
  keyof Before
>

/** The check for a middleware that requires keys which nothing before it provides. */
type CheckedLate<First, Before, After> = [LateKeys<RequiresOf<First>, Before, After>] extends [never]
  ? Conflict<First, Before>
  : `'${LateKeys<RequiresOf<First>, Before, After> & string}' is provided later in this stack: move the middleware that provides it before this one`

/** The keys that are required, do not exist yet, and are provided later. An optional key is not required. */
type LateKeys<Requires, Before, After> = {
  [K in Extract<Exclude<keyof Requires, keyof Before>, keyof After>]-?: object extends Pick<Requires, K>
    ? never
    : K
}[Extract<Exclude<keyof Requires, keyof Before>, keyof After>]

type Conflict<First, Before> = [ConflictKeys<RequiresOf<First>, Before>] extends [never]
  ? First
  : `'${ConflictKeys<RequiresOf<First>, Before> & string}' is provided before with another type than this middleware requires: change the type in one of the two`

type ConflictKeys<Requires, Before> = {
  [K in keyof Requires & keyof Before]-?: Before[K] extends Requires[K] ? never : K
}[keyof Requires & keyof Before]

/** The message for a function that is not declared as a `Middleware`. */
type CheckedFunction<F> = F extends AnyMiddleware
  ? F
  : F extends (...args: never) => infer R
    ? [R] extends [AnyMiddleware]
      ? 'Call this function: it returns a middleware, but is not one itself'
      : [R] extends [Response | Promise<Response>]
        ? 'This is an application, not a middleware: apply the stack to it, as in stack(…)(application) or router(stack(…), table)'
        : 'This is not a middleware: a middleware takes an application and returns one'
    : 'This is not a middleware: a middleware takes an application and returns one'

type ProvidedByAll<M extends readonly unknown[]> = M extends readonly [infer First, ...infer Others]
  ? Provided<First> & ProvidedByAll<Others>
  : unknown

/** The check for a list that is spread into the arguments, and for the arguments after it. */
type CheckedList<M extends readonly unknown[], Before> = [
  ...CheckedItem<Item<M>, Before, AfterList<M>>[],
  ...Checked<AfterList<M>, Before>,
]

/** Each kind of middleware in a list. The list may be empty, so it cannot provide anything. */
type CheckedItem<I, Before, After extends readonly unknown[]> = I extends unknown
  ? [keyof Provided<I>] extends [never]
    ? CheckedOne<I, Before, After>
    : string extends keyof Provided<I>
      ? I
      : `A list that provides '${keyof Provided<I> & string}' cannot be spread into a stack, because it may be empty: use a tuple, as in [...] as const`
  : never

/** The members of a list in a tuple. */
export type Item<M extends readonly unknown[]> = M extends readonly [...infer Init, unknown]
  ? Item<Init>
  : M[number]

/** The arguments after a list in a tuple. */
export type AfterList<
  M extends readonly unknown[],
  After extends readonly unknown[] = [],
> = M extends readonly [...infer Init, infer Last] ? AfterList<Init, [Last, ...After]> : After
