/** A separate process: `node sqlite-writer.ts <database> <session id> <name>` handles 100 concurrent requests. */
import { sqliteStore } from '../src/stores/sqlite.ts'
import { Stage } from './stage.ts'

const [path, id, name] = process.argv.slice(2) as [string, string, string]
using store = sqliteStore({ path })
const stage = new Stage({ secrets: 'a secret for tests of 32 characters', store })
await stage.together(100, id, (session, n) => {
  session.set(`${name}${n}`, n)
  session.update('count', (count = 0) => (count as number) + 1)
})
