import cluster from 'node:cluster'
import { once } from 'node:events'
import { createServer } from 'node:http'

if (cluster.isPrimary) {
  for (let count = 0; count < 2; count++) cluster.fork()

  // One after the other: a new worker listens before an old one is stopped.
  process.on('SIGHUP', async () => {
    for (const old of Object.values(cluster.workers ?? {})) {
      await once(cluster.fork(), 'listening')
      old?.process.kill('SIGTERM')
    }
  })

  process.on('SIGTERM', () => {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
    process.exit()
  })
} else {
  const server = createServer((_req, res) => {
    setTimeout(() => {
      res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': 13 })
      res.end('Hello, World!')
    }, 5)
  })
  server.listen(Number(process.env.PORT), '127.0.0.1')

  process.on('SIGTERM', () => {
    server.close(() => process.exit())
  })
}
