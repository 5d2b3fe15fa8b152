/** A process of its own: `node writer.ts <database> <session id> <name>` answers 100 requests at once. */
import { sqliteStore } from '../src/sqlite.ts'
import { Stage } from './running.ts'

const [path, id, name] = process.argv.slice(2) as [string, string, string]
using store = sqliteStore({ path })
const stage = new Stage({ secret: 'a secret for tests of 32 characters', store })
await stage.together(100, id, (session, n) => {
  session.set(`${name}${n}`, n)
  session.update('count', (count = 0) => (count as number) + 1)
})
