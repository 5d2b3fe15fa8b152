/** All works, in the order of the report. */
import type { Work } from './harness/work.ts'
import { cookies } from './in-process/cookies.ts'
import { router } from './in-process/router.ts'
import { session } from './in-process/session.ts'
import { size, sizeNode } from './in-process/size.ts'
import { templates } from './in-process/templates.ts'
import { types } from './in-process/types.ts'
import { cold } from './works/cold.ts'
import { compress } from './works/compress.ts'
import { download } from './works/download.ts'
import { fanOut } from './works/fan-out.ts'
import { headers } from './works/headers.ts'
import { hello } from './works/hello.ts'
import { largeUpload } from './works/large-upload.ts'
import { overhead } from './works/overhead.ts'
import { params } from './works/params.ts'
import { rateLimit } from './works/rate-limit.ts'
import { reload } from './works/reload.ts'
import { site } from './works/site.ts'
import { sse } from './works/sse.ts'
import { stack } from './works/stack.ts'
import { staticFiles } from './works/static.ts'
import { upload } from './works/upload.ts'
import { validate } from './works/validate.ts'
import { websocket } from './works/websocket.ts'

export const works: readonly Work[] = [
  hello,
  params,
  validate,
  stack,
  overhead,
  headers,
  rateLimit,
  site,
  staticFiles,
  upload,
  largeUpload,
  download,
  compress,
  sse,
  websocket,
  fanOut,
  reload,
  cold,
  router,
  cookies,
  session,
  templates,
  types,
  size,
  sizeNode,
]

/** The works of the README's claims. */
export const claims: readonly string[] = [hello, params, validate, stack, site].map(({ name }) => name)
