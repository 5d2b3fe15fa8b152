import { readFileSync } from 'node:fs'
import { args } from '@tsgi/args'
import { redirect } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'
import { openAccounts } from './accounts.ts'
import { database } from './data.ts'
import { openEntries } from './entries.ts'
import { signedIn, web } from './web.ts'

const accounts = openAccounts(database)
const entries = openEntries(database)
const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8')

const Entry = z.object({
  message: z.string().trim().min(1, 'Write something first.').max(500, 'At most 500 characters, please.'),
})

const Credentials = z.object({
  name: z.string().trim().min(2, 'At least 2 characters.').max(30, 'At most 30 characters.'),
  password: z.string().min(8, 'At least 8 characters.').max(200, 'At most 200 characters.'),
})

export const application = router(
  web,
  {
    '/': {
      GET: ({ session, render }) =>
        render('home', {
          entries: entries.latest(50),
          visits: session.update('visits', (visits = 0) => visits + 1) ?? 1,
        }),
    },
    '/entries': {
      POST: signedIn(
        args({ body: Entry })(
          ({ args, user, session }) => {
            entries.add(user, args.body.message)
            session.flash('success', 'Thank you. Your entry is in the book.')
            return redirect('/', 303)
          },
          ({ errors, values }, { session, render }) =>
            render(
              'home',
              {
                entries: entries.latest(50),
                visits: session.get('visits') ?? 1,
                typed: values.body.message,
                problem: errors[0]?.message,
              },
              { status: 422 },
            ),
        ),
      ),
    },
    '/sign-in': {
      GET: ({ render }) => render('sign-in', {}),
      POST: args({ body: Credentials })(
        async ({ args, session, render }) => {
          const { name, password } = args.body
          if (!(await accounts.signIn(name, password))) {
            const problems = { password: 'This name is taken and the password is wrong.' }
            return render('sign-in', { name, problems }, { status: 422 })
          }
          session.regenerateId()
          session.set('user', name)
          session.flash('success', `Welcome, ${name}.`)
          return redirect('/', 303)
        },
        ({ errors, values }, { render }) => {
          const problems = Object.fromEntries(errors.map(({ path, message }) => [path.join('.'), message]))
          return render('sign-in', { name: values.body.name, problems }, { status: 422 })
        },
      ),
    },
    '/sign-out': {
      POST: ({ session }) => {
        session.destroy()
        session.flash('info', 'You are signed out.')
        return redirect('/', 303)
      },
    },
    '/style.css': {
      GET: () => new Response(style, { headers: { 'content-type': 'text/css; charset=utf-8' } }),
    },
  },
  { fallback: ({ pathInfo, render }) => render('not-found', { path: pathInfo }, { status: 404 }) },
)
