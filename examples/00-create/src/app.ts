/** The pages: a table of paths. */
import { redirect } from '@tsgi/core'
import { router } from '@tsgi/router'
import { web } from './web.ts'

export const application = router(
  web,
  {
    '/': ({ render }) => render('home'),
    '/hello/:name': ({ params, render }) => render('hello', { name: params.name }),
    '/visits': {
      GET: ({ session, render }) => render('visits', { visits: session.get('visits') ?? 0 }),
      POST: ({ session }) => {
        session.update('visits', (visits = 0) => visits + 1)
        return redirect('/visits', 303)
      },
    },
  },
  { fallback: ({ pathInfo, render }) => render('not-found', { path: pathInfo }, { status: 404 }) },
)
