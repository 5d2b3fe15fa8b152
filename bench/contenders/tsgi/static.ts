import { stack, text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { staticFiles } from '@tsgi/static'
import { root } from '../../works/static-data.ts'
import { listening } from './listening.ts'

const application = stack(staticFiles(root))(() => text('none'))

await serve(application, listening)
