import { describe, expect, it } from 'vitest'
import { baseline, contenders, contendersOf } from './harness/contenders.ts'
import type { SideBySideWork } from './harness/side-by-side.ts'
import type { Work } from './harness/work.ts'
import { works } from './works.ts'

const served = works.filter((work: Work): work is SideBySideWork => 'checkContender' in work)

describe.concurrent.each(served)('$name', ({ name, frameworks, checkContender }) => {
  it.each(contendersOf(name).map((contender) => contender.name))(
    'gets the expected responses from %s',
    (contender) => checkContender(contender, { fromSource: true }),
  )

  it('has a program for every framework that can do the work', () => {
    const all = contenders.map((contender) => contender.name).filter((contender) => contender !== baseline)
    const found = contendersOf(name).map((contender) => contender.name)
    expect(found).toEqual(expect.arrayContaining([...(frameworks ?? all)]))
  })
})
