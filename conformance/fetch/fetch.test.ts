import { text } from '@tsgi/core'
import { lightHeaders } from '@tsgi/core/gateway'
import { describe, expect, it } from 'vitest'
import { LightResponse } from '../../packages/core/src/response/light/response-node.ts'
import { headers } from './headers.ts'
import { bodies, construction, copies, reading, statics } from './responses.ts'

async function check(act: () => unknown, expected: unknown): Promise<void> {
  if (typeof expected === 'function')
    await expect(async () => act()).rejects.toThrow(expected as ErrorConstructor)
  else expect(await act()).toEqual(expected)
}

/** The runtime's own classes show that the tables are right. */
const makers: Readonly<Record<string, (fields: readonly (readonly [string, string])[]) => Headers>> = {
  "the runtime's Headers": (fields) => new Headers(fields.map(([name, value]) => [name, value])),
  'the headers of a request on Node': (fields) => lightHeaders(fields.flat()),
  'the headers of a response on Node': (fields) => {
    const { headers } = text('')
    headers.delete('content-type')
    for (const [name, value] of fields) headers.append(name, value)
    return headers
  },
}

describe.each(Object.entries(makers))('%s', (_, make) => {
  it.each(headers)('%s', async (_, fields, act, expected) => {
    await check(() => act(make(fields)), expected)
  })
})

const classes = { "the runtime's Response": Response, 'the light Response on Node': LightResponse }

describe.each(Object.entries(classes))('%s', (_, Class) => {
  it.each([...construction, ...bodies, ...reading, ...copies, ...statics])('%s', async (_, act, expected) => {
    await check(() => act(Class), expected)
  })
})
