import { type Application, html } from '@tsgi/core'

export const application: Application = () => html('<h1>Hello world</h1>')
