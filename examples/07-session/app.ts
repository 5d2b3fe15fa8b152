import { join } from 'node:path'
import type { Application } from '@tsgi/core'
import { sqliteStore } from '@tsgi/session/sqlite'
import { site } from './site.ts'

const store = sqliteStore({ path: join(import.meta.dirname, 'sessions.sqlite') })

export const application: Application = site(
  process.env.SECRETS?.split(' ') ?? 'only for this tutorial: everyone can read it',
  store,
)
