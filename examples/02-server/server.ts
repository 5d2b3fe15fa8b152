import { serve } from '@tsgi/server'
import { application } from './app.ts'

const server = await serve(application, { listen: 'http://localhost:8000' })
console.log(`Listening on ${server.addresses.join(', ')}`)
