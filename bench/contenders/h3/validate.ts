import { H3, readValidatedBody, serve } from 'h3'
import { Order } from '../../works/validate-data.ts'

const app = new H3()

app.post('/orders', async (event) => {
  const { reference } = await readValidatedBody(event, Order)
  return { reference }
})

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
