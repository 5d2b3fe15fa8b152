import express from 'express'
import { routes } from '../../works/params-data.ts'

const app = express()

app.disable('x-powered-by')

for (const { resource, pattern } of routes)
  app.get(pattern, (request, response) => {
    response.json({ resource, ...request.params })
  })

app.listen(Number(process.env.PORT), '127.0.0.1')
