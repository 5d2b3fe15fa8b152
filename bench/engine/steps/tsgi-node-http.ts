/** The application on `@tsgi/server`. */
import { serve } from '@tsgi/server'
import { application } from './application.ts'

const server = await serve(application, { listen: 'http://127.0.0.1:0' })
process.send?.({ port: Number(new URL(server.addresses[0]!).port) })
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('disconnect', () => process.exit())
