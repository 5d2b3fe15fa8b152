import type { RouteParams } from '@tsgi/router'
import type { FetchBody } from './fetch.ts'
import type { Fields, InputOf } from './schema.ts'

/** The last arguments of a call: nothing has to be passed if nothing is required. */
export type InitArguments<Pattern extends string, Declared> =
  object extends Init<Pattern, Declared> ? [init?: Init<Pattern, Declared>] : [init: Init<Pattern, Declared>]

/** The parts of a request that a route takes. */
type Init<Pattern extends string, Declared> = Params<Pattern> &
  Part<Declared, 'query', 'query'> &
  HeadersPart<Declared> &
  Body<Declared> & {
    /** Aborts the request. */
    readonly signal?: AbortSignal
  }

/** The parameters of a pattern: nothing, optional or required. */
export type Params<Pattern extends string> = Named<'params', RouteParams<Pattern>>

/** A member that may be left out if all of its own members may be. */
type Named<Name extends string, Value> = [keyof Value] extends [never]
  ? { readonly [K in Name]?: Value }
  : undefined extends Value
    ? { readonly [K in Name]?: Value }
    : object extends Value
      ? { readonly [K in Name]?: Value }
      : { readonly [K in Name]: Value }

/** The fields of a declared part. */
type Part<Declared, Key extends string, Name extends string> = Declared extends {
  readonly [K in Key]: infer S
}
  ? Named<Name, Fields<InputOf<S>>>
  : { readonly [K in Name]?: Fields<unknown> }

type HeadersPart<Declared> = Declared extends { readonly headers: infer S }
  ? Named<'headers', Fields<InputOf<S>> & Readonly<Record<string, unknown>>>
  : { readonly headers?: Readonly<Record<string, string | undefined>> }

/** The body: `json`, `form` or `body`, depending on what the route accepts. */
type Body<Declared> = Declared extends { readonly body: infer B }
  ? B extends {
      readonly schema: infer S
      readonly files: infer Files
      readonly types: readonly (readonly [string, infer Format])[]
    }
    ? BodyOf<Format, InputOf<S>, Files>
    : BodyOf<'json', InputOf<B>, object> | BodyOf<'multipart', InputOf<B>, object>
  : AnyBody

interface AnyBody {
  readonly json?: unknown
  readonly form?: FormData | Fields<unknown>
  readonly body?: FetchBody
}

type BodyOf<Format, Input, Files> = 'json' extends Format
  ? (undefined extends Input ? { readonly json?: Input } : { readonly json: Input }) & {
      readonly form?: never
      readonly body?: never
    }
  : 'multipart' extends Format
    ? {
        readonly form: FormData | (Fields<Input> & FilesOf<Files>)
        readonly json?: never
        readonly body?: never
      }
    : {
        readonly body?: 'text' extends Format ? string : FetchBody
        readonly json?: never
        readonly form?: never
      }

/** The declared files of a form: one, or a list. */
type FilesOf<Files> = { readonly [K in keyof Files]?: Blob | readonly Blob[] }
