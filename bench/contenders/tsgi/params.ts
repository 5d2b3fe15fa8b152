import { json } from '@tsgi/core'
import { router } from '@tsgi/router'
import { serve } from '@tsgi/server'
import { routes } from '../../works/params-data.ts'
import { listening } from './listening.ts'

const application = router(
  Object.fromEntries(
    routes.map(({ resource, pattern }) => [
      pattern,
      { GET: ({ params }: { params: object }) => json({ resource, ...params }) },
    ]),
  ),
)

await serve(application, listening)
