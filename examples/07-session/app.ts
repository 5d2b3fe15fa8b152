import { join } from 'node:path'
import type { Application } from '@tsgi/core'
import { sqliteStore } from '@tsgi/session/sqlite'
import { site } from './site.ts'

const store = sqliteStore({ path: join(import.meta.dirname, 'sessions.sqlite') })

export const application: Application = site(
  store,
  process.env.SECRET ?? 'for this tutorial only, as everyone can read it',
)
