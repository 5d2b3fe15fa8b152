import { randomBytes, randomInt } from 'node:crypto'
import { args, formBody } from '@tsgi/args'
import { cookies } from '@tsgi/cookies'
import { type Application, empty, HttpError, stack, text } from '@tsgi/core'
import { router } from '@tsgi/router'
import { z } from 'zod'

const Name = z.object({ name: z.string().min(1).max(50) })

export function game(secrets: string | readonly string[]): Application {
  const web = stack(cookies({ secrets }))

  return router(web, {
    '/': ({ cookies }) => text(`Hello ${cookies.get('name') ?? 'stranger'}\n`),

    '/name': {
      PUT: args({ body: formBody(Name) })(({ args, cookies }) => {
        cookies.set('name', args.body.name, { maxAge: '30d' })
        return text(`Hello ${cookies.get('name')}\n`)
      }),
      DELETE({ cookies }) {
        cookies.delete('name')
        return empty()
      },
    },

    '/number': {
      async POST({ cookies }) {
        await cookies.encrypted.set('__Host-number', String(randomInt(1, 10)), { maxAge: '5m' })
        await cookies.signed.set('tries', '0', { maxAge: '5m' })
        return text('Which number from 1 to 9?\n')
      },
    },

    '/number/:guess': {
      async POST({ cookies, params }) {
        const number = await cookies.encrypted.get('__Host-number')
        const before = await cookies.signed.get('tries')
        if (number === undefined || before === undefined) throw new HttpError(409, 'Start a game first.')

        const tries = Number(before) + 1
        await cookies.signed.set('tries', String(tries), { maxAge: '5m' })
        return text(`${params.guess === number ? 'Right' : 'Wrong'} (try ${tries})\n`)
      },
    },
  })
}

export const application = game(process.env.SECRETS?.split(' ') ?? randomBytes(32).toString('base64'))
