import { type Application, type Environ, type Middleware, mapText, text } from '@tsgi/core'

export const hello: Application = () => text('Hello world')

export const goodbye: Middleware = (app) => async (environ) =>
  mapText(await app(environ), (text) => text.replaceAll('Hello', 'Goodbye'))

export class Goodbye<E extends object> {
  readonly #app: Application<E>

  constructor(app: Application<E>) {
    this.#app = app
  }

  readonly application: Application<E> = async (environ: Environ & E) =>
    mapText(await this.#app(environ), (text) => text.replaceAll('Hello', 'Goodbye'))
}

export const application: Application = goodbye(hello)
