import type { Environ } from '@tsgi/core'
import type { StandardIssue } from '@tsgi/core/options'
import type { FilePart, IncomingPart } from '../multipart/form-part.ts'
import { acceptsType, type FormFiles } from './form-file.ts'

/** The declared files that a request has sent. */
export class ReceivedFiles {
  readonly #files: FormFiles
  readonly #environ: Environ
  readonly #values = new Map<string, unknown[]>()
  /** The functions that delete the results of `receive`, in order. */
  readonly #discards: (() => unknown)[] = []

  constructor(files: FormFiles, environ: Environ) {
    this.#files = files
    this.#environ = environ
  }

  declares(name: string): boolean {
    return Object.hasOwn(this.#files, name)
  }

  /** Returns the reason why a part must not be received. */
  check(part: IncomingPart): StandardIssue | undefined {
    const { isList, maxCount, types = [] } = this.#files[part.name]!
    const count = this.#values.get(part.name)?.length ?? 0
    if (part.filename === undefined) return notAFile(part.name, 'received text')
    if (count >= maxCount) {
      return isList
        ? issue(part.name, 'too_many', `expected at most ${maxCount} files`)
        : issue(part.name, 'repeated', 'given more than once')
    }
    if (acceptsType(this.#files[part.name]!, part.type)) return undefined
    return issue(part.name, 'invalid_media_type', `expected a file of type ${types.join(', ')}`)
  }

  async receive(part: IncomingPart): Promise<void> {
    const { receive, discard } = this.#files[part.name]!
    const environ = this.#environ as never
    const value = receive === undefined ? await part.file() : await receive(part as FilePart, environ)
    const values = this.#values.get(part.name)
    if (values === undefined) this.#values.set(part.name, [value])
    else values.push(value)
    if (discard !== undefined) this.#discards.push(() => discard(value as never, environ))
  }

  /** Returns the reasons why the form is not complete. */
  missing(): StandardIssue[] {
    return Object.entries(this.#files)
      .filter(([name, { isOptional }]) => !isOptional && !this.#values.has(name))
      .map(([name]) => issue(name, 'missing', 'expected a file'))
  }

  /** Returns the values of all declared files. */
  values(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#files).map(([name, { isList }]) => {
        const values = this.#values.get(name) ?? []
        return [name, isList ? values : values[0]]
      }),
    )
  }

  /** Discards everything, the last file first. Errors are reported to `environ.errors`. */
  async discard(): Promise<void> {
    if (this.#discards.length === 0) return
    const discarding = this.#discardAll(this.#discards.splice(0))
    this.#environ.waitUntil(discarding)
    await discarding
  }

  async #discardAll(discards: readonly (() => unknown)[]): Promise<void> {
    for (const discard of discards.toReversed()) {
      try {
        await discard()
      } catch (error) {
        this.#environ.errors.write(error)
      }
    }
  }
}

/** Returns the reason why the value of a declared file is invalid if it is text. */
export function notAFile(name: string, detail: string): StandardIssue {
  return issue(name, 'invalid_type', `expected a file, ${detail}`)
}

function issue(name: string, code: string, message: string): StandardIssue & { readonly code: string } {
  return { path: [name], code, message: `Invalid input: ${message}` }
}
