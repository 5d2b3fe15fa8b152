import express from 'express'
import { root } from '../../works/static-data.ts'

const app = express()

app.disable('x-powered-by')
app.use(express.static(root))
app.use((_request, response) => {
  response.send('none')
})

app.listen(Number(process.env.PORT), '127.0.0.1')
