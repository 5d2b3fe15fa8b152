/** The pages: a table of paths. */
// #if session
import { args, formBody } from '@tsgi/args'
import { redirect } from '@tsgi/core'
// #endif
import { router } from '@tsgi/router'
// #if session
import { z } from 'zod'
import { addEntry, latestEntries } from './entries.ts'
// #endif
import { web } from './web.ts'

// #if session
const Entry = z.object({
  name: z.string().trim().min(1, 'What is your name?').max(40, 'At most 40 characters for a name.'),
  message: z.string().trim().min(1, 'Write something first.').max(500, 'At most 500 characters.'),
})

// #endif
export const application = router(
  web,
  {
    '/': ({ render }) => render('home'),
    // #if session
    '/guestbook': {
      GET: ({ session, render }) =>
        render('guestbook', {
          entries: latestEntries(),
          typed: { name: session.get('name') },
          notice: session.takeFlashes()[0]?.message,
        }),
      POST: args({ body: formBody(Entry) })(
        ({ args, session }) => {
          addEntry(args.body)
          session.set('name', args.body.name)
          session.flash('info', 'Thank you for your entry.')
          return redirect('/guestbook', 303)
        },
        ({ errors, values }, { render }) =>
          render(
            'guestbook',
            { entries: latestEntries(), typed: values.body, notice: errors[0]?.message },
            { status: 422 },
          ),
      ),
    },
    // #endif
  },
  { fallback: ({ pathInfo, render }) => render('not-found', { path: pathInfo }, { status: 404 }) },
)
