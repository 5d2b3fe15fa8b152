import Koa from 'koa'
import compress from 'koa-compress'
import { orders } from '../../works/compress-data.ts'

const app = new Koa()

app.use(compress())

app.use((ctx) => {
  ctx.body = orders
})

app.listen(Number(process.env.PORT), '127.0.0.1')
