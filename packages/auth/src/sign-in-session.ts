import type { Duration } from '@tsgi/core/options'

/** The key of the environ that the functions of this module need. The session keeps the id of the user under the key `user`. */
export interface SignInSession {
  readonly session: {
    get(key: 'user'): unknown
    set(key: 'user', value: string): void
    regenerateId(options: { readonly user: string; readonly remember?: Duration | undefined }): void
    destroy(): void
  }
}

/** A message that says what is missing, if sessions of the type `S` have no `user`. */
export type KeepsUser<S> = S extends SignInSession['session']
  ? unknown
  : "'user' is missing in the schema of the session, or not text: add user: z.string()"
