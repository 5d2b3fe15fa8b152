import { type Cookies, cookies } from '@tsgi/cookies'
import { type Application, stack, text } from '@tsgi/core'
import { type Client, client } from '@tsgi/core/testing'
import { type Session, type SessionOptions, type SessionStore, session } from '../src/index.ts'

export const secrets = 'a secret for tests of 32 characters'

export type Handler = Application<{ session: Session; cookies: Cookies }>

/** Returns a client of an application with one handler for each path. */
export function visitor(
  store: SessionStore,
  handlers: Record<string, Handler>,
  errors?: { write(): void },
  options?: Partial<SessionOptions>,
): Client {
  const app: Handler = (environ) => handlers[environ.pathInfo]!(environ)
  return client(stack(cookies(), session({ secrets, store, ...options }))(app), errors ? { errors } : {})
}

export const read: Handler = ({ session }) => text(String(session.get('a')))
export const write: Handler = ({ session }) => {
  session.set('a', 1)
  return text('')
}
/** A log that does not print. */
export const quiet = { write() {} }

export async function body(response: Promise<Response>): Promise<string> {
  return (await response).text()
}

/** Returns a synchronous store that records its calls. */
export function counting(store: SessionStore): SessionStore & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    synchronous: true,
    calls,
    load(key) {
      calls.push('load')
      return store.load(key)
    },
    commit(...entry) {
      calls.push('commit')
      return store.commit(...entry)
    },
    destroy(...entry) {
      calls.push('destroy')
      return store.destroy(...entry)
    },
  }
}
