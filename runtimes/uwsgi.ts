/** Serves the application over the uwsgi protocol, on the unix socket in the first argument. */
import { createUwsgiServer } from '@tsgi/uwsgi'
import { application } from './app.ts'

const { server } = createUwsgiServer(application)
server.listen(process.argv[2], () => console.log('Listening'))
