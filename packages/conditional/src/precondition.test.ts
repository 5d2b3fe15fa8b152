import { type Application, empty, HttpError } from '@tsgi/core'
import type { Validators } from '@tsgi/core/http'
import { client, testEnviron } from '@tsgi/core/testing'
import { describe, expect, it } from 'vitest'
import { type PreconditionOptions, precondition } from './index.ts'

const modified = new Date('2026-01-01T12:00:00Z')
const date = (offset: number) => new Date(modified.getTime() + offset * 1000).toUTCString()
const current: Validators = { etag: '"a"', lastModified: modified }

/** Returns the status of a write, and whether the resource was written. */
async function write(
  headers: Record<string, string>,
  current: Validators | undefined,
  options?: PreconditionOptions,
  method = 'PUT',
) {
  let isWritten = false
  const app: Application = (environ) => {
    precondition(environ, current, options)
    isWritten = true
    return empty()
  }
  const response = await client(app).request(method, '/', { headers })
  return [response.status, isWritten]
}

const passes = [204, true]
const fails = [412, false]
const isMissing = [428, false]

describe('precondition', () => {
  it.each(['PUT', 'PATCH', 'POST', 'DELETE'])(
    'rejects %s with a stale tag before anything is written',
    async (method) => {
      expect(await write({ 'if-match': '"old"' }, current, {}, method)).toEqual(fails)
      expect(await write({ 'if-match': '"a"' }, current, {}, method)).toEqual(passes)
      expect(await write({ 'if-match': '"x", "a"' }, current, {}, method)).toEqual(passes)
    },
  )

  it('rejects a creation with If-None-Match: * if the resource exists', async () => {
    expect(await write({ 'if-none-match': '*' }, current)).toEqual(fails)
    expect(await write({ 'if-none-match': '*' }, {})).toEqual(fails)
    expect(await write({ 'if-none-match': '*' }, undefined)).toEqual(passes)
  })

  it('never accepts a weak tag in If-Match', async () => {
    expect(await write({ 'if-match': 'W/"a"' }, current)).toEqual(fails)
    expect(await write({ 'if-match': 'W/"a"' }, { etag: 'W/"a"' })).toEqual(fails)
    expect(await write({ 'if-match': '"a"' }, { etag: 'W/"a"' })).toEqual(fails)
  })

  it('accepts If-Match: * only if the resource exists', async () => {
    expect(await write({ 'if-match': '*' }, current)).toEqual(passes)
    expect(await write({ 'if-match': '*' }, {})).toEqual(passes)
    expect(await write({ 'if-match': '*' }, undefined)).toEqual(fails)
  })

  it('compares If-Unmodified-Since if there is no If-Match', async () => {
    expect(await write({ 'if-unmodified-since': date(0) }, current)).toEqual(passes)
    expect(await write({ 'if-unmodified-since': date(-1) }, current)).toEqual(fails)
    expect(await write({ 'if-unmodified-since': date(-1), 'if-match': '"a"' }, current)).toEqual(passes)
    expect(await write({ 'if-unmodified-since': 'yesterday' }, current)).toEqual(passes)
  })

  it('lets requests without preconditions pass', async () => {
    expect(await write({}, current)).toEqual(passes)
    expect(await write({}, undefined)).toEqual(passes)
  })

  it('never responds with 304', async () => {
    expect(await write({ 'if-none-match': '"a"' }, current, {}, 'GET')).toEqual(passes)
    expect(await write({ 'if-none-match': '"a"' }, current, {}, 'PUT')).toEqual(fails)
  })

  it.each<[string, Record<string, string>, Validators | undefined, unknown]>([
    ['nothing', {}, current, isMissing],
    ['nothing, and there is no version', {}, undefined, isMissing],
    ['If-Match', { 'if-match': '"a"' }, current, passes],
    ['If-None-Match: *', { 'if-none-match': '*' }, undefined, passes],
    ['If-None-Match with a tag, which protects no version', { 'if-none-match': '"b"' }, current, isMissing],
    ['If-Unmodified-Since', { 'if-unmodified-since': date(0) }, current, passes],
    ['an invalid date', { 'if-unmodified-since': 'yesterday' }, current, isMissing],
    ['a date, and the version has none', { 'if-unmodified-since': date(0) }, { etag: '"a"' }, isMissing],
    ['a date, and there is no version', { 'if-unmodified-since': date(0) }, undefined, isMissing],
    ['a stale tag', { 'if-match': '"old"' }, current, fails],
  ])('with required, decides about a request that has %s', async (_, headers, current, expected) => {
    expect(await write(headers, current, { required: true })).toEqual(expected)
  })

  it('throws an HttpError that is not reported', () => {
    const environ = testEnviron('/', { method: 'PUT', headers: { 'if-match': '"old"' } })
    const check = () => precondition(environ, current)
    expect(check).toThrow(HttpError)
    expect(check).toThrow(expect.objectContaining({ status: 412, report: false }))
  })

  it.each<[unknown, unknown, string]>([
    [
      { etag: 'a' },
      {},
      `precondition: etag must be an entity tag with quotes, such as '"v1"' or 'W/"v1"', got "a"`,
    ],
    [
      { etag: 7 },
      {},
      `precondition: etag must be an entity tag with quotes, such as '"v1"' or 'W/"v1"', got 7`,
    ],
    [{ lastModified: '2026' }, {}, 'precondition: lastModified must be a valid Date, got "2026"'],
    [
      { lastModified: new Date('') },
      {},
      'precondition: lastModified must be a valid Date, got an instance of Date',
    ],
    [{}, { require: true }, "precondition: unknown option 'require', did you mean 'required'?"],
    [{}, { required: 'yes' }, 'precondition: required must be true or false, got "yes"'],
  ])('throws a TypeError for %j and the options %j', (current, options, message) => {
    const check = () => precondition(testEnviron('/'), current as Validators, options as PreconditionOptions)
    expect(check).toThrow(new TypeError(message))
  })
})
