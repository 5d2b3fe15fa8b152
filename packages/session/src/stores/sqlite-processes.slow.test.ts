import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { Stage } from '../../test/stage.ts'
import { databasePath } from '../../test/stores.ts'
import { sqliteStore } from './sqlite.ts'

const secrets = 'a secret for tests of 32 characters'
const writer = fileURLToPath(new URL('../../test/sqlite-writer.ts', import.meta.url))
const run = promisify(execFile)

describe('two processes on one SQLite file', () => {
  it('store the changes of 100 requests in each of them to one session', {
    timeout: 60_000,
  }, async () => {
    const path = databasePath()
    using store = sqliteStore({ path })
    const stage = new Stage({ secrets, store })
    const { id } = await stage.once(undefined, (session) => session.set('a', 1))
    const processes = ['one', 'two'].map((name) => run(process.execPath, [writer, path, id!, name]))
    for (const { stderr } of await Promise.all(processes)) expect(stderr).toBe('')
    const { result } = await stage.once(id, (session) =>
      ['one', 'two'].flatMap((name) => Array.from({ length: 100 }, (_, n) => session.get(`${name}${n}`))),
    )
    expect(result).toEqual(Array.from({ length: 200 }, (_, n) => n % 100))
    expect((await stage.once(id, (session) => session.get('count'))).result).toBe(200)
  })
})
