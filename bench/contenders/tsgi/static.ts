import { stack, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { staticFiles } from '@tsgi/static'
import { root } from '../../works/static-data.ts'

const application = stack(staticFiles(root))(() => text('none'))

await serve(application, { listen: `http://127.0.0.1:${process.env.PORT}` })
