/** Helpers for the tests of PEP 3333. */
import { client } from '@tsgi/core/testing'
import { expect } from 'vitest'
import { b } from '../src/contract/bytes.ts'
import type { Blocks, StartResponse, WsgiApplication, WsgiEnviron } from '../src/contract/types.ts'
import { wsgi } from '../src/wsgi/wsgi.ts'

export const TEXT: [string, string][] = [['Content-Type', 'text/plain']]
export const quiet = { errors: { write() {} } }

/** An application that responds with these blocks as text. */
export function answering(blocks: (environ: WsgiEnviron) => Blocks): WsgiApplication {
  return (environ, startResponse) => {
    startResponse('200 OK', TEXT)
    return blocks(environ)
  }
}

/** A body of two blocks that logs when it is closed. */
export function closable(log: string[], between: () => void | Promise<void> = () => {}): Blocks {
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield b`one`
        await between()
        yield b`two`
      } finally {
        log.push('returned')
      }
    },
    close() {
      log.push('closed')
    },
  }
}

export async function environOf(path: string, init = {}): Promise<WsgiEnviron> {
  let environ: WsgiEnviron | undefined
  const app = answering((given) => {
    environ = given
    return []
  })
  await client(wsgi(app)).get(path, init)
  return environ!
}

/** Returns the message of the error that `startResponse` throws for these arguments. */
export async function refusal(...args: unknown[]): Promise<string> {
  let message = 'nothing'
  const app: WsgiApplication = (_, startResponse) => {
    try {
      startResponse(...(args as Parameters<StartResponse>))
    } catch (error) {
      message = (error as Error).message
    }
    startResponse('200 OK', TEXT, new Error('again'))
    return []
  }
  expect((await client(wsgi(app)).get('/')).status).toBe(200)
  return message
}

/** Returns the message of the error that a request fails with. */
export async function failure(app: WsgiApplication, method = 'GET'): Promise<string> {
  const web = client(wsgi(app), quiet)
  expect((await web.request(method, '/')).status).toBe(500)
  return (web.errors[0] as Error).message
}
