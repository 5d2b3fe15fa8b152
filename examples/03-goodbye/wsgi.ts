import type { Application } from '@tsgi/core'
import { b, type WsgiApplication, wsgi } from '@tsgi/wsgi'

export const hello: WsgiApplication = (_environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [b`Hello world`]
}

export function goodbye(app: WsgiApplication): WsgiApplication {
  return async function* (environ, startResponse) {
    const blocks = await app(environ, startResponse)
    try {
      for await (const block of blocks) {
        const text = new TextDecoder().decode(block)
        yield new TextEncoder().encode(text.replaceAll('Hello', 'Goodbye'))
      }
    } finally {
      await blocks.close?.()
    }
  }
}

export const application: Application = wsgi(goodbye(hello))
