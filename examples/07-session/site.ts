import { args, formBody } from '@tsgi/args'
import { cookies } from '@tsgi/cookies'
import { type Application, HttpError, redirect, stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { type SessionStore, session } from '@tsgi/session'
import { z } from 'zod'

const SignIn = z.object({ name: z.string().min(1).max(50) })

const schema = { visits: z.number(), user: z.string(), notes: z.array(z.string()) }

export function site(secrets: string | readonly string[], store: SessionStore): Application {
  const web = stack(cookies(), session({ secrets, store, schema }))

  return router(web, {
    '/': {
      GET({ session }) {
        const visits = session.update('visits', (visits = 0) => visits + 1)
        const messages = session.takeFlashes().map(({ message }) => `${message}\n`)
        const notes = (session.get('notes') ?? []).map((note) => `- ${note}\n`)
        const greeting = `Hello ${session.get('user') ?? 'stranger'}, this is visit ${visits}.\n`
        return text([...messages, greeting, ...notes].join(''))
      },
    },

    '/sign-in': {
      POST: args({ body: formBody(SignIn) })(({ args, session }) => {
        session.regenerateId()
        session.set('user', args.body.name)
        session.flash('info', `Welcome, ${args.body.name}.`)
        return redirect('/', 303)
      }),
    },

    '/sign-out': {
      POST({ session }) {
        session.destroy()
        return redirect('/', 303)
      },
    },

    '/notes': {
      async POST({ session, request }) {
        if (!session.has('user')) throw new HttpError(403, 'Sign in first.')
        const note = (await request.text()).slice(0, 100)
        session.update('notes', (notes = []) => [...notes, note].slice(-10))
        return redirect('/', 303)
      },
    },
  })
}
