import { describe } from '@tsgi/core/options'
import { linesOf } from '../contract/lines.ts'
import type { WsgiErrors, WsgiInput } from '../contract/types.ts'
import { check } from './validator-error.ts'

/** Wraps `wsgi.input` to check how the application calls it and what it returns. */
export class ValidatedInput implements WsgiInput {
  readonly #input: WsgiInput

  constructor(input: WsgiInput) {
    this.#input = input
  }

  async read(...args: number[]): Promise<Uint8Array> {
    check('I1', args.length === 1, () => `read must be called with a size, got ${args.length} arguments`)
    const block = await this.#input.read(...args)
    check('I2', isBytes(block), () => `read must return bytes, got ${describe(block)}`)
    return block
  }

  async readline(...args: number[]): Promise<Uint8Array> {
    check(
      'I3',
      args.length <= 1,
      () => `readline must be called with at most one argument, got ${args.length}`,
    )
    const line = await this.#input.readline(...args)
    check('I4', isBytes(line), () => `readline must return bytes, got ${describe(line)}`)
    return line
  }

  async readlines(...args: number[]): Promise<Uint8Array[]> {
    check(
      'I5',
      args.length <= 1,
      () => `readlines must be called with at most one argument, got ${args.length}`,
    )
    const lines = await this.#input.readlines(...args)
    check('I6', Array.isArray(lines), () => `readlines must return an array, got ${describe(lines)}`)
    for (const line of lines) check('I7', isBytes(line), () => `a line must be bytes, got ${describe(line)}`)
    return lines
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    return linesOf(this)
  }

  close(): never {
    check('I8', false, () => 'the application must not close wsgi.input')
  }
}

/** Wraps `wsgi.errors` to check what the application writes. */
export class ValidatedErrors implements WsgiErrors {
  readonly #errors: WsgiErrors

  constructor(errors: WsgiErrors) {
    this.#errors = errors
  }

  write(text: string): void {
    check(
      'L1',
      typeof text === 'string',
      () => `wsgi.errors.write must be called with text, got ${describe(text)}`,
    )
    this.#errors.write(text)
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line)
  }

  flush(): void {
    this.#errors.flush()
  }

  close(): never {
    check('L2', false, () => 'the application must not close wsgi.errors')
  }
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array
}
