/** `npm start`: serves the guestbook on localhost, on the port in the environment variable `PORT`, or 8000. */
import { join } from 'node:path'

const app = join(import.meta.dirname, '../examples/09-guestbook/app.ts')
const command = ['serve', app, '--http', `localhost:${process.env.PORT || 8000}`]
process.argv.splice(2, Number.POSITIVE_INFINITY, ...command)
await import('../packages/tsgi/src/cli/cli.ts')
