import { b, type WsgiApplication } from '@tsgi/wsgi'

export const application: WsgiApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/html']])
  return [b`<h1>Hello world</h1>`]
}
