import { array, assert, asyncProperty, constant, constantFrom, nat, oneof, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Model, type ModelRequest, type Operation, perform } from '../../test/model.ts'
import { type Running, Stage } from '../../test/stage.ts'
import { sharedStores } from '../../test/stores.ts'

const secrets = 'a secret for tests of 32 characters'
const keys = ['a', 'b', '__proto__']
const key = constantFrom(...keys)
const value = string({ maxLength: 2 })

const operation = oneof(
  { weight: 3, arbitrary: record({ kind: constant('get' as const), key }) },
  { weight: 3, arbitrary: record({ kind: constant('set' as const), key, value }) },
  { weight: 3, arbitrary: record({ kind: constant('append' as const), key, value }) },
  { weight: 1, arbitrary: record({ kind: constant('delete' as const), key }) },
  { weight: 1, arbitrary: record({ kind: constant('flash' as const), message: constant('') }) },
  { weight: 1, arbitrary: record({ kind: constantFrom('takeFlashes', 'regenerateId', 'destroy') }) },
)
/** The next step: a request starts, ends or performs an operation. The number selects one of the running requests. */
const step = oneof(
  { weight: 2, arbitrary: record({ kind: constant('begin' as const), place: nat(9) }) },
  { weight: 2, arbitrary: record({ kind: constant('end' as const), request: nat(9) }) },
  { weight: 5, arbitrary: record({ kind: constant('do' as const), request: nat(9), operation }) },
)

interface Both {
  readonly real: Running
  readonly model: ModelRequest
}

describe.each(sharedStores)('interleaved requests, with sessions in %s', (name, create) => {
  const eager = name === 'a remote store'

  it('have the same effect as the model, whatever the order', { timeout: 60_000 }, async () => {
    const store = create()
    await assert(
      asyncProperty(array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const stage = new Stage({ secrets, store })
        const model = new Model(eager)
        const ids: string[] = []
        const running: Both[] = []
        let messages = 0

        const end = async ({ real, model }: Both) => {
          const place = model.end()
          const id = await real.end()
          if (place === undefined) expect(id || undefined).toBeUndefined()
          else {
            expect(id).toMatch(/^[\w-]{32}$/)
            ids[place] = id!
          }
        }
        const begin = async (place: number | undefined) => {
          const real = await stage.begin(place === undefined ? undefined : ids[place])
          running.push({ real, model: model.begin(place) })
        }

        await begin(undefined)
        await running[0]!.real.do((session) => session.set('a', ['first']))
        running[0]!.model.do({ kind: 'set', key: 'a', value: 'first' })
        await end(running.shift()!)
        for (const next of steps) {
          if (next.kind === 'begin') {
            if (running.length < 4) await begin(next.place % ids.length)
          } else if (running.length > 0) {
            const index = next.request % running.length
            const both = running[index]!
            if (next.kind === 'end') {
              running.splice(index, 1)
              await end(both)
            } else {
              const operation = (
                next.operation.kind === 'flash'
                  ? { kind: 'flash', message: `message ${messages++}` }
                  : next.operation
              ) as Operation
              const result = await both.real.do((session) => perform(session, operation))
              expect(result).toEqual(both.model.do(operation))
            }
          }
        }
        for (const both of running) await end(both)

        for (const [place, id] of ids.entries()) {
          const kept = model.places[place]
          const { keys: data, flashes } = typeof kept === 'object' ? kept : { keys: new Map(), flashes: [] }
          const { result } = await stage.once(id, (session) => [
            keys.map((key) => session.get(key)),
            session.takeFlashes().map(({ message }) => message),
          ])
          expect(result).toEqual([keys.map((key) => data.get(key)), flashes])
        }
      }),
      { numRuns: eager ? 60 : 500 },
    )
  })
})
