/** Runs the application behind nginx over both protocols, without root: on port 8080 over uwsgi, on 8081 over HTTP. */
import { join } from 'node:path'
import { serve } from '@tsgi/server'
import { application } from './app.ts'
import { configuration, interrupted, Nginx, scratch } from './front.ts'

using folder = scratch()
const [uwsgi, http] = [join(folder.path, 'uwsgi.sock'), join(folder.path, 'http.sock')]
await using _application = await serve(application, {
  listen: [`uwsgi:${uwsgi}`, `unix:${http}`],
  trustProxy: 1,
})
await using _uwsgi = await Nginx.start(configuration('nginx-uwsgi.conf', 8080, `unix:${uwsgi}`))
await using _http = await Nginx.start(configuration('nginx-http.conf', 8081, `unix:${http}`))
console.log('over uwsgi: http://localhost:8080\nover HTTP:  http://localhost:8081')
await interrupted()
