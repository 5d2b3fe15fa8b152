import { text } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { listening } from './listening.ts'

await serve(() => text('Hello, World!'), listening)
