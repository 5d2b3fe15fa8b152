import Router from '@koa/router'
import Koa from 'koa'
import { routes } from '../../works/params-data.ts'

const app = new Koa()
const router = new Router()

for (const { resource, pattern } of routes)
  router.get(pattern, (ctx) => {
    ctx.body = { resource, ...ctx.params }
  })

app.use(router.routes()).use(router.allowedMethods())

app.listen(Number(process.env.PORT), '127.0.0.1')
