import { basename } from 'node:path'
import { args, file, formBody } from '@tsgi/args'
import { saveTo } from '@tsgi/args/node'
import { nextPath, signIn, signOut } from '@tsgi/auth/session'
import { HttpError, redirect, stack } from '@tsgi/core'
import { rateLimit } from '@tsgi/rate-limit'
import { router } from '@tsgi/router'
import { sendFile } from '@tsgi/static'
import type { RenderTemplate } from '@tsgi/templates'
import { websocket } from '@tsgi/websocket'
import type { Channels } from '@tsgi/websocket/channels'
import { z } from 'zod'
import { checkPassword, createAccount } from './accounts.ts'
import { picturesPath } from './data.ts'
import { addPostcard, findPicture, latestPostcards, postcardsAfter } from './postcards.ts'
import { members, type Views, web } from './web.ts'

const Credentials = z.object({
  name: z.string().trim().min(2, 'The name needs at least 2 characters.').max(30, 'The name is too long.'),
  password: z
    .string()
    .min(8, 'The password needs at least 8 characters.')
    .max(200, 'The password is too long.'),
})

const NewPostcard = formBody(
  z.object({
    caption: z.string().trim().min(1, 'Write a caption.').max(200, 'The caption is too long.'),
  }),
  {
    files: {
      picture: file({
        maxSize: 10_000_000,
        types: ['image/png', 'image/jpeg', 'image/webp'],
        ...saveTo(picturesPath),
      }),
    },
  },
)

/** Shows a form of an account again, with its problem. */
function showAgain(render: RenderTemplate<Views>, form: Views['account']): Response {
  return render('account', form, { status: 422 })
}

/** Each address may try 20 names and passwords in a minute. */
const attempts = rateLimit({ name: 'attempts', points: 20, window: '1m' })

/** After five wrong passwords in a quarter of an hour, a name is locked for the rest of it. */
const failures = rateLimit({
  name: 'failures',
  points: 5,
  window: '15m',
  key: ({ args }: { args: { body: { name: string } } }) => args.body.name.toLowerCase(),
})

export const application = router(
  web,
  {
    '/': {
      GET: ({ render }) =>
        render(
          'home',
          { postcards: latestPostcards(50) },
          { headers: { 'cache-control': 'private, no-cache' } },
        ),
    },
    '/postcards': {
      POST: members(
        args({ body: NewPostcard })(
          ({ args, user, session }) => {
            const { caption, picture } = args.body
            addPostcard({ author: user.name, caption, picture: basename(picture.path), type: picture.type })
            session.flash('success', 'Your postcard is on its way.')
            return redirect('/', 303)
          },
          ({ errors, values }, { render }) =>
            render(
              'home',
              { postcards: latestPostcards(50), caption: values.body.caption, problem: errors[0]?.message },
              { status: 422 },
            ),
        ),
      ),
    },
    '/pictures/:name': {
      GET: (environ) => {
        const card = findPicture(environ.params.name)
        if (card === undefined) throw new HttpError(404, 'There is no such picture.')
        return sendFile(environ, card.picture, {
          root: picturesPath,
          type: card.type,
          cacheControl: 'public, max-age=31536000, immutable',
          download:
            environ.queryString === 'download' && `${card.caption}.${card.type.replace('image/', '')}`,
        })
      },
    },
    '/live': websocket<{ channels: Channels }>(async (socket, { channels, queryString }) => {
      let last = Number(new URLSearchParams(queryString).get('after')) || 0
      const changes = channels.subscribe('postcards')
      void socket.closed.then(() => changes.unsubscribe())
      const sendNew = async () => {
        for (let cards = postcardsAfter(last); cards.length > 0; cards = postcardsAfter(last)) {
          for (const { number, author, caption, picture } of cards) {
            await socket.send(JSON.stringify({ number, author, caption, picture }))
            last = number
          }
        }
      }
      // Subscribe before reading, so that a postcard that arrives in between is not missed.
      await changes.ready
      await sendNew()
      for await (const _ of changes) await sendNew()
    }),
    '/sign-up': {
      GET: ({ render }) => render('account', { action: '/sign-up' }),
      POST: stack(attempts)(
        args({ body: Credentials })(
          async (environ) => {
            const { name, password } = environ.args.body
            const account = await createAccount(name, password)
            if (account === undefined) {
              return showAgain(environ.render, { action: '/sign-up', name, problem: 'This name is taken.' })
            }
            signIn(environ, account.name)
            environ.session.flash('success', `Welcome, ${account.name}.`)
            return redirect('/', 303)
          },
          ({ errors, values }, { render }) =>
            showAgain(render, { action: '/sign-up', name: values.body.name, problem: errors[0]?.message }),
        ),
      ),
    },
    '/sign-in': {
      GET: ({ render }) => render('account', { action: '/sign-in' }),
      POST: stack(attempts)(
        args({ body: Credentials })(
          stack(failures)(async (environ) => {
            const { name, password } = environ.args.body
            const account = await checkPassword(name, password)
            if (account === undefined) {
              return showAgain(environ.render, {
                action: '/sign-in',
                name,
                problem: 'The name or the password is wrong.',
              })
            }
            await failures.reset(environ)
            signIn(environ, account.name)
            environ.session.flash('success', `Welcome back, ${account.name}.`)
            return redirect(nextPath(environ), 303)
          }),
          ({ errors, values }, { render }) =>
            showAgain(render, { action: '/sign-in', name: values.body.name, problem: errors[0]?.message }),
        ),
      ),
    },
    '/sign-out': {
      POST: (environ) => {
        signOut(environ)
        return redirect('/', 303)
      },
    },
  },
  { fallback: ({ pathInfo, render }) => render('not-found', { path: pathInfo }, { status: 404 }) },
)
