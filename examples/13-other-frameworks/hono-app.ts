import { Hono } from 'hono'

const app = new Hono().get('/', (c) => c.text(`Hello from process ${process.pid}`))

export default { fetch: app.fetch }
