import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Application, extend, fromFetch, type Middleware } from '@tsgi/core'
import { betterAuth } from 'better-auth'

const file = join(import.meta.dirname, 'auth.sqlite')

export const auth = betterAuth({
  baseURL: process.env.AUTH_URL ?? 'http://localhost:8000',
  // All workers use the same file: one may receive the visitor that another one has sent to GitHub.
  database: new DatabaseSync(process.env.AUTH_DATABASE ?? file, { timeout: 5000 }),
  secret: process.env.AUTH_SECRET ?? 'only for development, 32 characters',
  emailAndPassword: { enabled: true },
  socialProviders: {
    github: {
      clientId: process.env.GITHUB_CLIENT_ID ?? '',
      clientSecret: process.env.GITHUB_CLIENT_SECRET ?? '',
    },
  },
})

export const application: Application = fromFetch(auth.handler, { path: 'whole' })

export interface Visitor {
  /** The name of the user who is signed in. */
  readonly visitor: string | undefined
}

/** Provides the name of the user who has signed in with better-auth. */
export const visitor: Middleware<Visitor> = (app) => async (environ) => {
  const session = await auth.api.getSession({ headers: environ.headers })
  return app(extend(environ, { visitor: session?.user.name }))
}
