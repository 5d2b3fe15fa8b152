import { Readable } from 'node:stream'
import Koa from 'koa'
import { chunks } from '../../works/download-data.ts'

const app = new Koa()

app.use((ctx) => {
  ctx.type = 'application/octet-stream'
  ctx.body = Readable.from(chunks())
})

app.silent = true
app.listen(Number(process.env.PORT), '127.0.0.1')
