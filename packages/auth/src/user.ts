/**
 * The result of a function that looks a user up. Functions of databases return `null` if there is none, and conditions such as
 * `isRight && user` return `false`: neither may count as a user.
 */
export type UserOrNone<U> = U | undefined | null | false

/** Reports whether there is a user. Nothing that is falsy is one, whatever the types say. */
export function isUser<U>(result: UserOrNone<U>): result is U {
  return Boolean(result)
}
