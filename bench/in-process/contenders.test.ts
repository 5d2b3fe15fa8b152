import { describe, expect, it } from 'vitest'
import { contenders as cookies } from './cookies.ts'
import { contenders as sessions } from './session.ts'
import { contenders as templates } from './templates.ts'

describe.each(Object.entries({ cookies, sessions, templates }))('%s', (_, contenders) => {
  it.each(contenders.map((contender) => [contender.name, contender] as const))(
    '%s does what is asked, once and again',
    async (_, { check, figures }) => {
      expect(await check()).toBe(true)
      for (const run of Object.values(figures)) expect(await run(3)).toEqual(expect.anything())
    },
  )
})
