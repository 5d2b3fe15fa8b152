import { type Application, text } from '@tsgi/core'
import { answerTo, HELLO } from './answers.ts'

/** What the steps answer, as an application of either gateway. */
export const application: Application = (environ) => {
  if (environ.method !== 'POST') return text(HELLO)
  return environ.request.text().then((json) => text(answerTo(json)))
}
