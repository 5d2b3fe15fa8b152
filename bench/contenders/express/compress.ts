import compression from 'compression'
import express from 'express'
import { orders } from '../../works/compress-data.ts'

const app = express()

app.disable('x-powered-by')
app.use(compression())

app.get('/', (_request, response) => {
  response.json(orders)
})

app.listen(Number(process.env.PORT), '127.0.0.1')
