/** What every runtime must do. */
import { errors, heads } from './suite/answers.ts'
import { bodies } from './suite/bodies.ts'
import { caching } from './suite/caching.ts'
import { composition } from './suite/composition.ts'
import { files } from './suite/files.ts'
import { lifetime } from './suite/lifetime.ts'
import { limits } from './suite/limits.ts'
import { compression, conditions } from './suite/negotiation.ts'
import { requestIds } from './suite/request-ids.ts'
import { paths, requests } from './suite/requests.ts'
import { security } from './suite/security.ts'
import type { Case } from './suite/site.ts'
import { events, streaming } from './suite/streaming.ts'
import { cookies, sessions } from './suite/visitors.ts'
import { websockets } from './suite/websockets.ts'

export const suite: readonly Case[] = [
  ...composition,
  ...requests,
  ...paths,
  ...bodies,
  ...streaming,
  ...events,
  ...heads,
  ...conditions,
  ...compression,
  ...caching,
  ...files,
  ...cookies,
  ...sessions,
  ...errors,
  ...lifetime,
  ...limits,
  ...security,
  ...requestIds,
  ...websockets,
]
