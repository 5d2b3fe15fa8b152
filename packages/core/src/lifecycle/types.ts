import type { Middleware } from '../contract/application.ts'
import type { Environ } from '../contract/environ.ts'
import type { GatewayLifecycle, Resource } from '../contract/lifecycle.ts'

/** The resources of an application, made by {@link lifecycle}: a middleware that adds them to the environ. */
export interface Lifecycle<out Resources extends object = object>
  extends Middleware<Resources>,
    GatewayLifecycle {
  /**
   * Returns a lifecycle with further resources, which start after these.
   *
   * @throws TypeError if a resource is invalid, or its name exists already.
   */
  and<Name extends string, Value>(
    resources: OneResource<Name, Value, Resources>,
  ): Lifecycle<Flat<Resources & { [N in Name]: Value }>>
  and<Values extends object>(resources: ManyResources<Values, Resources>): Lifecycle<Flat<Resources & Values>>
  /**
   * Returns a copy with some values replaced, for tests. Replaced resources are neither started nor stopped. Pass the copy
   * to the gateway: applications get its values although they were made with the original.
   *
   * @throws TypeError if there is no resource of that name.
   */
  with(values: Partial<Resources>): Lifecycle<Resources>
}

/** An object with one resource. Its value is known to `stop` and `ready`, whatever the parameters of `start`. */
export type OneResource<Name extends string, Value, Before extends object> = {
  readonly [N in Name]: Resource<Value, Before>
} & CheckedNames<Name, Before> &
  (IsUnion<Name> extends true ? 'There are several resources: see ManyResources' : unknown)

/** An object with several resources. They do not see each other's values. */
export type ManyResources<Values extends object, Before extends object> = {
  readonly [Name in keyof Values]: Resource<Values[Name], Before>
} & CheckedNames<keyof Values, Before>

/** A message if a name is taken. */
type CheckedNames<Names, Before> = [Names & keyof Environ] extends [never]
  ? [Names & keyof Before] extends [never]
    ? unknown
    : `'${Names & keyof Before & string}' is already a resource: choose another name`
  : `'${Names & keyof Environ & string}' belongs to the contract: choose another name`

type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never

export type Flat<T> = { [K in keyof T]: T[K] } & {}
