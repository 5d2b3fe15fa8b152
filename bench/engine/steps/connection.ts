/** Step 4: the connections of the engine, with the cheapest possible turns. */
import type { HttpError } from '@tsgi/core'
import type { Connection } from '../connection.ts'
import type { RequestHead } from '../request-head.ts'
import { createEngine } from '../serve.ts'
import type { Turn } from '../turn.ts'
import { answerTo, HELLO, response } from './answers.ts'
import { report } from './report.ts'

class FixedTurn implements Turn {
  readonly #connection: Connection
  readonly #head: RequestHead
  #json = ''

  constructor(connection: Connection, head: RequestHead) {
    this.#connection = connection
    this.#head = head
  }

  start(): void {
    if (this.#head.bodyLength === 0) this.#answer(HELLO)
    else this.#connection.read()
  }

  data(bytes: Buffer): void {
    this.#json += bytes.toString('latin1')
    this.#connection.read()
  }

  end(): void {
    this.#answer(answerTo(this.#json))
  }

  broken(_error: HttpError): void {
    this.#connection.end()
  }

  over(): void {}

  #answer(body: string): void {
    this.#connection.output.latin1(response(body))
    this.#connection.finish(!this.#head.keepAlive)
  }
}

report(createEngine((connection, head) => new FixedTurn(connection, head), {}).server)
