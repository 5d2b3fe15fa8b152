import { describe } from '../options/describe.ts'
import type { RouteMetadata } from './route-metadata.ts'

/**
 * Checks the values of metadata.
 *
 * @param factory The name that the error message begins with.
 * @throws TypeError naming the key, the value received, and what is expected.
 *
 * @example
 * ```ts
 * import { checkMetadata } from '@tsgi/core'
 *
 * checkMetadata('describe', { tags: ['users'] }) // => undefined
 * try {
 *   checkMetadata('describe', { tags: 'users' as never })
 * } catch (error) {
 *   String(error) // => 'TypeError: describe: tags must be a list of text, got "users"'
 * }
 * ```
 */
export function checkMetadata(factory: string, metadata: RouteMetadata): void {
  for (const [name, value] of Object.entries(metadata)) {
    const [expected, isValid] = CHECKS[name] ?? []
    if (value === undefined || isValid === undefined || isValid(value)) continue
    throw new TypeError(`${factory}: ${name} must be ${expected}, got ${describe(value)}`)
  }
}

type Check = readonly [expected: string, isValid: (value: unknown) => boolean]

const isText = (value: unknown) => typeof value === 'string'
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText)
const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const recordOf = (isValid: (value: unknown) => boolean) => (value: unknown) =>
  isRecord(value) && Object.values(value).every(isValid)

const text: Check = ['text', isText]
const flag: Check = ['true or false', (value) => typeof value === 'boolean']

const CHECKS: Readonly<Record<string, Check>> = {
  __proto__: null as never,
  summary: text,
  description: text,
  tags: ['a list of text', isTexts],
  operationId: ['text that is not empty', (value) => isText(value) && value !== ''],
  deprecated: flag,
  hidden: flag,
  security: [
    'a list of requirements such as { bearerAuth: [] }',
    (value) => Array.isArray(value) && value.every(recordOf(isTexts)),
  ],
  securitySchemes: ['an object of security schemes', /* @__PURE__ */ recordOf(isRecord)],
  responses: ['an object of descriptions by status', /* @__PURE__ */ recordOf(isText)],
}
