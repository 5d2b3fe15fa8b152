import { H3, serve } from 'h3'
import { fields } from '../../works/stack-data.ts'

const app = new H3()

for (const [name, value] of fields)
  app.use((event) => {
    event.res.headers.set(name, value)
  })

app.get('/', () => 'Hello, World!')

serve(app, { port: Number(process.env.PORT), hostname: '127.0.0.1', silent: true })
