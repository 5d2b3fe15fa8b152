import express from 'express'

const app = express()

app.disable('x-powered-by')

app.get('/', (_request, response) => {
  response.type('text').send('Hello, World!')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
