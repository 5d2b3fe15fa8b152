import express from 'express'
import { Order } from '../../works/validate-data.ts'

const app = express()

app.disable('x-powered-by')
app.use(express.json())

app.post('/orders', (request, response) => {
  const order = Order.safeParse(request.body)
  if (order.success) response.json({ reference: order.data.reference })
  else response.status(422).json({ errors: order.error.issues })
})

app.listen(Number(process.env.PORT), '127.0.0.1')
