/** The pages: a table of paths. */
// #if session
import { redirect } from '@tsgi/core'
// #endif
import { router } from '@tsgi/router'
import { web } from './web.ts'

export const application = router(
  web,
  {
    '/': ({ render }) => render('home'),
    // #if session
    '/visits': {
      GET: ({ session, render }) => render('visits', { visits: session.get('visits') ?? 0 }),
      POST: ({ session }) => {
        session.update('visits', (visits = 0) => visits + 1)
        return redirect('/visits', 303)
      },
    },
    // #endif
  },
  { fallback: ({ pathInfo, render }) => render('not-found', { path: pathInfo }, { status: 404 }) },
)
