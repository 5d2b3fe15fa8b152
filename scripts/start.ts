/** `npm start`: serves the guestbook on localhost, on the port in the environment variable `PORT`, or 8000. */
import { join } from 'node:path'

const app = join(import.meta.dirname, '../examples/09-guestbook/app.ts')
const port = process.env.PORT || '8000'
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
  console.error(`PORT must be a number from 0 to 65535, got '${port}'`)
  process.exit(1)
}
const command = ['serve', app, '--http', `localhost:${port}`]
process.argv.splice(2, Number.POSITIVE_INFINITY, ...command)
await import('../packages/tsgi/src/cli/cli.ts')
