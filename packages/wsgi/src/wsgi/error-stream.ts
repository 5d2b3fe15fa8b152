import type { ErrorLog } from '@tsgi/core'
import type { WsgiErrors } from '../contract/types.ts'

/** `wsgi.errors` on top of an error log. Writes line by line; `flush()` writes an incomplete line. */
export class ErrorStream implements WsgiErrors {
  readonly #log: ErrorLog
  #rest = ''

  constructor(log: ErrorLog) {
    this.#log = log
  }

  write(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#log.write(line)
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line)
  }

  flush(): void {
    if (this.#rest !== '') this.#log.write(this.#rest)
    this.#rest = ''
  }
}
