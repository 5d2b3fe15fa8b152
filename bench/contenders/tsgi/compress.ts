import { compress } from '@tsgi/compress'
import { json } from '@tsgi/core'
import { serve } from '@tsgi/server'
import { orders } from '../../works/compress-data.ts'

await serve(
  compress()(() => json(orders)),
  { listen: `http://127.0.0.1:${process.env.PORT}` },
)
