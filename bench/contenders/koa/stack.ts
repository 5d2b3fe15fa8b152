import Koa from 'koa'
import { fields } from '../../works/stack-data.ts'

const app = new Koa()

for (const [name, value] of fields)
  app.use((ctx, next) => {
    ctx.set(name, value)
    return next()
  })

app.use((ctx) => {
  ctx.body = 'Hello, World!'
})

app.listen(Number(process.env.PORT), '127.0.0.1')
