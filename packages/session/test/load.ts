/**
 * A process that sends requests to several sessions in turn:
 * `node load.ts <database> <address> <session ids> <name> <requests> <requests at once>`.
 */
import { cookies } from '@tsgi/cookies'
import { type Application, stack, text } from '@tsgi/core'
import { client } from '@tsgi/core/testing'
import { type Session, session } from '../src/index.ts'
import { connectStore, type SharedDatabase } from './shared-database.ts'
import { secrets } from './visitor.ts'

const [database, address, ids, name, requests, atOnce] = process.argv.slice(2)
await using connected = await connectStore(database as SharedDatabase, address!)
const increment = (count: unknown) => ((count as number | undefined) ?? 0) + 1
const app: Application<{ session: Session }> = ({ session, pathInfo }) => {
  session.update('count', increment)
  session.update(`${name}${Number(pathInfo.slice(1)) % 50}`, increment)
  return text('')
}
const web = client(stack(cookies(), session({ secrets, store: connected.store }))(app))
const sessions = ids!.split(',')
let sent = 0
const send = async () => {
  while (sent < Number(requests)) {
    const number = sent++
    const id = sessions[number % sessions.length]
    const response = await web.get(`/${number}`, { headers: { cookie: `session=${id}` } })
    if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`)
  }
}
await Promise.all(Array.from({ length: Number(atOnce) }, send))
