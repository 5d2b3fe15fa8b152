import { describe, expect, it } from 'vitest'
import { contenders, contendersOf } from './harness/contenders.ts'
import { hello } from './works/hello.ts'
import { params } from './works/params.ts'
import { stack } from './works/stack.ts'
import { validate } from './works/validate.ts'

const works = [hello, params, validate, stack]

describe.concurrent.each(works)('$name', ({ name, checkContender }) => {
  it.each(contendersOf(name).map((contender) => contender.name))(
    'is answered as it asks by %s',
    (contender) => checkContender(contender, { fromSource: true }),
  )

  it('has every contender', () => {
    expect(contendersOf(name)).toEqual(contenders)
  })
})
