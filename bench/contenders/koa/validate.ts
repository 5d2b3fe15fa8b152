import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import { Order } from '../../works/validate-data.ts'

const app = new Koa()
const router = new Router()

router.post('/orders', (ctx) => {
  const order = Order.safeParse(ctx.request.body)
  if (!order.success) {
    ctx.status = 422
    ctx.body = { errors: order.error.issues }
    return
  }
  ctx.body = { reference: order.data.reference }
})

app.use(bodyParser()).use(router.routes()).use(router.allowedMethods())

app.listen(Number(process.env.PORT), '127.0.0.1')
