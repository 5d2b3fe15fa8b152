import { type Application, readBody, text } from '@tsgi/core'
import { answerTo, HELLO } from './answers.ts'

/** The application that both gateways serve. */
export const application: Application = (environ) => {
  if (environ.method !== 'POST') return text(HELLO)
  return readBody(environ, 100_000).then((bytes) => text(answerTo(decoder.decode(bytes))))
}

const decoder = new TextDecoder()
