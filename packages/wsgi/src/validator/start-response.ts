import { describe } from '@tsgi/core/options'
import { isLatin1 } from '../contract/bytes.ts'
import { hasControl, isHopByHop } from '../contract/fields.ts'
import type { StartResponse, Write } from '../contract/types.ts'
import { check } from './validator-error.ts'

/** Whether the application has called `startResponse`. */
export interface ResponseState {
  started: boolean
}

/** Wraps `startResponse` to check its arguments and those of the `write` that it returns. */
export function validatedStartResponse(
  startResponse: StartResponse,
  state: ResponseState,
  warn: (warning: string) => void,
): StartResponse {
  return function startResponseValidated(...args: unknown[]): Write {
    check(
      'S1',
      args.length === 2 || args.length === 3,
      () => `startResponse must be called with two or three arguments, got ${args.length}`,
    )
    const [status, headers, excInfo] = args
    const isError = excInfo !== undefined && excInfo !== null
    check('S21', !state.started || isError, () => 'startResponse was called a second time without excInfo')
    state.started = true
    const code = validateStatus(status, warn)
    validateHeaders(headers)
    validateContentType(code, headers)
    check(
      'S18',
      !isError || excInfo instanceof Error,
      () => `excInfo must be an Error, got ${describe(excInfo)}`,
    )
    const write = startResponse(...(args as Parameters<StartResponse>))
    return function writeValidated(block) {
      check(
        'W1',
        block instanceof Uint8Array,
        () => `write must be called with bytes, got ${describe(block)}`,
      )
      return write(block)
    }
  }
}

function validateStatus(status: unknown, warn: (warning: string) => void): number {
  check('S2', typeof status === 'string', () => `the status must be a string, got ${describe(status)}`)
  check(
    'S20',
    isLatin1(status),
    () => `the status must not have characters above U+00FF, got ${describe(status)}`,
  )
  const [code = ''] = status.trim().split(/\s/, 1)
  check('S3', code.length === 3, () => `the status code must have three characters, got ${describe(code)}`)
  check(
    'S4',
    /^[1-9]\d\d$/.test(code),
    () => `the status code must be a number of at least 100, got ${describe(code)}`,
  )
  if (!/^\d{3} /.test(status)) warn(`S5: the status must be like '200 OK', got ${describe(status)}`)
  return Number(code)
}

function validateHeaders(headers: unknown): asserts headers is [string, string][] {
  check('S6', Array.isArray(headers), () => `headers must be an array, got ${describe(headers)}`)
  for (const field of headers as unknown[]) {
    check('S7', Array.isArray(field), () => `a header must be [name, value], got ${describe(field)}`)
    check('S8', field.length === 2, () => `a header must be a name and a value, got ${describe(field)}`)
    const [name, value] = field as unknown[]
    check('S9', typeof name === 'string', () => `a header name must be a string, got ${describe(name)}`)
    check(
      'S10',
      typeof value === 'string',
      () => `the value of ${name} must be a string, got ${describe(value)}`,
    )
    validateField(name, value)
  }
}

function validateField(name: string, value: string): void {
  check(
    'S11',
    name.toLowerCase() !== 'status',
    () => 'a header named Status would be mistaken for the status',
  )
  check(
    'S12',
    !/[\n:]/.test(name),
    () => `a header name must not have ':' or a line feed, got ${describe(name)}`,
  )
  check(
    'S13',
    /^[a-z][\w-]*$/i.test(name),
    () => `a header name must be letters, digits and '-', got ${describe(name)}`,
  )
  check('S14', !/[-_]$/.test(name), () => `a header name must not end in '-' or '_', got ${describe(name)}`)
  check('S15', !hasControl(value), () => `the value of ${name} has a control character: ${describe(value)}`)
  check('S19', !isHopByHop(name), () => `${name} is hop-by-hop: only the server can send it`)
  check('S20', isLatin1(value), () => `the value of ${name} must not have characters above U+00FF`)
}

function validateContentType(code: number, headers: [string, string][]): void {
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type')
  const isBodiless = code === 204 || code === 304
  check(
    'S16',
    !hasType || !isBodiless,
    () => `a response of status ${code} must not have a Content-Type, because it has no body`,
  )
  check('S17', hasType || isBodiless, () => 'the headers must include Content-Type')
}
