import { type Application, lifecycle } from '@tsgi/core'
import { redisStore } from '@tsgi/session/redis'
import { createClient } from 'redis'
import { site } from './site.ts'

const client = createClient({ url: process.env.REDIS_URL!, disableOfflineQueue: true })
client.on('error', (error) => console.error(String(error)))

const resources = lifecycle({
  redis: {
    start: () => client.connect(),
    stop: () => client.close(),
    ready: () => client.ping(),
  },
})

export { resources as lifecycle }
export const application: Application = site(process.env.SECRETS!.split(' '), redisStore({ client }))
