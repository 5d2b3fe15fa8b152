import { compress } from '@tsgi/compress'
import { json } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { orders } from '../../works/compress-data.ts'
import { listening } from './listening.ts'

await serve(
  compress()(() => json(orders)),
  listening,
)
