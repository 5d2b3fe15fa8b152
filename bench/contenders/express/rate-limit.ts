import express from 'express'
import { rateLimit } from 'express-rate-limit'
import { generous, strict, window } from '../../works/rate-limit-data.ts'

const app = express()
const options = { windowMs: window, standardHeaders: 'draft-8', legacyHeaders: false } as const

app.disable('x-powered-by')
app.get('/', rateLimit({ ...options, limit: generous }), (_request, response) => {
  response.type('text').send('Hello, World!')
})
app.get('/strict', rateLimit({ ...options, limit: strict }), (_request, response) => {
  response.type('text').send('Hello, World!')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
