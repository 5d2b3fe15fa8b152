/** The sites of the tests in Chromium: one with sessions, and those of attackers. */
import { cookies } from '@tsgi/cookies'
import { type Application, html, json, redirect, stack, text } from '@tsgi/core'
import { csrf } from '@tsgi/csrf'
import { router } from '@tsgi/router'
import { type SessionOptions, session } from '@tsgi/session'
import { memoryStore } from '@tsgi/session/memory'

export interface Site {
  readonly application: Application
  /** The number of sessions in the store. */
  readonly sessions: number
  /** The transfers that were made, by the user who made them. */
  readonly transfers: string[]
}

/** @param protect Whether `csrf()` is in the stack. */
export function createSite(options: Partial<SessionOptions>, protect = true): Site {
  const store = memoryStore()
  const transfers: string[] = []
  const web = stack(
    ...(protect ? ([csrf()] as const) : ([] as const)),
    cookies(),
    session<{ count: number; since: number; text: string }>({
      secrets: 'a secret for tests of 32 characters',
      store,
      ...(options as object),
    }),
  )
  let waiting: (() => void)[] = []
  const application = router(web, {
    '/': () => html('<title>site</title>'),
    '/who': ({ session }) => text(session.user ?? 'nobody'),
    '/id': ({ session }) => text(session.isNew ? 'none' : session.id),
    '/visit': ({ session }) => text(String(session.update('count', (count = 0) => count + 1))),
    '/fill/:length': ({ session, params }) => {
      session.set('text', 'x'.repeat(Number(params.length)))
      return text('')
    },
    '/length': ({ session }) => json(session.get('text')?.length ?? null),
    '/remember/:user': {
      POST: ({ session, params }) => {
        session.regenerateId({ user: params.user, remember: '30d' })
        return text('')
      },
    },
    '/sign-in/:user': {
      POST: ({ session, params }) => {
        session.regenerateId({ user: params.user })
        return redirect('/who', 303)
      },
    },
    '/transfer': {
      POST: ({ session }) => {
        transfers.push(session.user ?? 'nobody')
        return text('transferred')
      },
    },
    '/transfer-form': () => html('<form method="post" action="/transfer"><button>Send</button></form>'),
    '/lazy': () => html('<title>lazy</title>'),
    '/started': ({ session }) => {
      if (session.isNew) session.set('since', Date.now())
      return html('<title>started</title>')
    },
    // Waits for the other requests, so that all of them run at the same time.
    '/resource/:of': async ({ session, params }) => {
      const count = session.update('count', (count = 0) => count + 1)
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length < Number(params.of)) return
        for (const resolve of waiting) resolve()
        waiting = []
      })
      return json(count)
    },
    '/count': ({ session }) => json(session.get('count') ?? null),
  })
  return {
    application,
    transfers,
    get sessions() {
      return store.size
    },
  }
}
