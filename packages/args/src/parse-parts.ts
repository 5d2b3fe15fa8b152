import type { Environ } from '@tsgi/core'
import type { StandardResult } from '@tsgi/core/options'
import type { BodyInput } from './body/body-reader.ts'
import type { PartInput } from './body/fields.ts'
import type { ReceivedFiles } from './body/received-files.ts'
import { fromIssues, fromRepeated, type InvalidArgument, type RequestPart } from './invalid-arguments.ts'
import type { PartReader } from './request-parts.ts'

/** The parts of a request. */
export interface ParsedParts {
  /** The parts as they were sent. */
  readonly values: Partial<Record<RequestPart, unknown>>
  /** The output of their schemas. */
  readonly output: Partial<Record<RequestPart, unknown>>
  readonly errors: InvalidArgument[]
}

/** A promise only if something has to wait for it, because most requests have no body, and most schemas are synchronous. */
type Waiting = Promise<void> | undefined

/**
 * Reads and validates every part, so that all errors are reported together. Does not receive files for a request that is
 * already invalid, and discards them if it turns out to be.
 */
export function parseParts(
  readers: readonly PartReader[],
  environ: Environ,
  parsed: ParsedParts = { values: {}, output: {}, errors: [] },
  from = 0,
): ParsedParts | Promise<ParsedParts> {
  for (let at = from; at < readers.length; at++) {
    const waiting = parsePart(readers[at]!, environ, parsed)
    if (waiting !== undefined) return waiting.then(() => parseParts(readers, environ, parsed, at + 1))
  }
  return parsed
}

function parsePart(reader: PartReader, environ: Environ, parsed: ParsedParts): Waiting {
  if (reader.receivesFiles && parsed.errors.length > 0) {
    parsed.values[reader.part] = {}
    return undefined
  }
  const body = reader.read(environ)
  return body instanceof Promise
    ? body.then((body) => checkBody(reader, body, parsed))
    : checkBody(reader, body, parsed)
}

function checkBody(reader: PartReader, body: BodyInput, parsed: ParsedParts): Waiting {
  return body.files === undefined
    ? checkInput(reader, body, parsed)
    : checkForm(reader, body, body.files, parsed)
}

async function checkForm(
  reader: PartReader,
  body: BodyInput,
  files: ReceivedFiles,
  parsed: ParsedParts,
): Promise<void> {
  const { values, output, errors } = parsed
  const { part } = reader
  try {
    if (body.issues) errors.push(...fromIssues(part, body.issues))
    if (body.isPartial) values[part] = body.value ?? {}
    else await checkInput(reader, body, parsed)
    if (part in output) output[part] = { ...Object(output[part]), ...files.values() }
  } catch (error) {
    await files.discard()
    throw error
  }
  if (errors.length > 0) await files.discard()
}

function checkInput(reader: PartReader, input: PartInput, parsed: ParsedParts): Waiting {
  const result = reader.validate(input.value)
  // Also of another class than this runtime's promises.
  return 'then' in result
    ? Promise.resolve(result).then((result) => takeResult(reader, input, result, parsed))
    : takeResult(reader, input, result, parsed)
}

function takeResult(
  reader: PartReader,
  input: PartInput,
  result: StandardResult<unknown>,
  parsed: ParsedParts,
): Waiting {
  const { values, output, errors } = parsed
  const { part } = reader
  const next = result.issues && input.retry?.(result.issues)
  if (next !== undefined) return checkInput(reader, next, parsed)
  values[part] = input.value ?? {}
  if (input.repeated) errors.push(...fromRepeated(part, input.repeated))
  if (result.issues) errors.push(...fromIssues(part, result.issues))
  else output[part] = result.value
  return undefined
}
