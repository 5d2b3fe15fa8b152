import { text } from '@tsgi/core'
import { serve } from '@tsgi/server'

await serve(() => text('Hello, World!'), { listen: `http://127.0.0.1:${process.env.PORT}` })
