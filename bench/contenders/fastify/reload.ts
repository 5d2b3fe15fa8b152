import cluster from 'node:cluster'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import fastify from 'fastify'

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
  const app = fastify()
  app.get('/', async () => {
    await setTimeout(5)
    return 'Hello, World!'
  })
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })

  process.on('SIGTERM', async () => {
    await app.close()
    process.exit()
  })
}
