import express from 'express'
import { fields } from '../../works/stack-data.ts'

const app = express()

app.disable('x-powered-by')

for (const [name, value] of fields)
  app.use((_request, response, next) => {
    response.set(name, value)
    next()
  })

app.get('/', (_request, response) => {
  response.type('text').send('Hello, World!')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
