import { b, type WsgiApplication } from '@tsgi/wsgi'
import { makeServer } from '@tsgi/wsgi/simple-server'

export const application: WsgiApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/html']])
  return [b`<h1>Hello world</h1>`]
}

if (import.meta.main) makeServer('', 8000, application).serveForever()
