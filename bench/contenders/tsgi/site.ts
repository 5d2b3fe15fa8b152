import { cookies } from '@tsgi/cookies'
import { redirect, stack } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { session } from '@tsgi/session'
import { templates } from '@tsgi/templates'
import { z } from 'zod'
import { type Book, books, secret } from '../../works/site-data.ts'
import { listening } from './listening.ts'

interface Views {
  home: { theme: string; visits: number; flashes: readonly { message: string }[]; books: readonly Book[] }
}

const web = stack(
  cookies(),
  session({ secrets: secret, schema: { visits: z.number() } }),
  templates<Views>({ root: new URL('./views/', import.meta.url) }),
)

const application = router(web, {
  '/': {
    GET: ({ cookies, session, render }) =>
      render('home', {
        theme: cookies.get('theme') ?? 'light',
        visits: session.update('visits', (visits = 0) => visits + 1) ?? 1,
        flashes: session.takeFlashes('info'),
        books,
      }),
    POST: ({ session }) => {
      session.flash('info', 'Saved.')
      return redirect('/', 303)
    },
  },
})

await serve(application, listening)
