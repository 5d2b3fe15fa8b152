import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installed } from './installed.ts'
import { bundled } from './size.ts'
import { forNode, forWorkers } from './size-programs.ts'

const bench = join(import.meta.dirname, '..')

describe('installed', () => {
  it('counts dependencies once', () => {
    const core = installed(['@tsgi/core'], bench)
    expect(core.packages).toBe(1)
    const router = installed(['@tsgi/router'], bench)
    // Itself, core and path-to-regexp.
    expect(router.packages).toBe(3)
    expect(router.bytes).toBeGreaterThan(core.bytes)
    expect(installed(['@tsgi/core', '@tsgi/router'], bench)).toEqual(router)
  })

  it('names a package that is not installed', () => {
    expect(() => installed(['@tsgi/none'], bench)).toThrow('@tsgi/none is not installed')
  })
})

describe('the programs', () => {
  it.each(forWorkers.map(({ name, source }) => [name, source]))(
    '%s answers when it is bundled for Workers',
    { timeout: 120_000 },
    async (_, source) => {
      const bundle = Buffer.from(await bundled(source, 'workers')).toString('base64')
      const { default: app } = await import(/* @vite-ignore */ `data:text/javascript;base64,${bundle}`)
      const home = await app.fetch(new Request('http://localhost/'))
      expect(await home.text()).toBe('Hello')
      const user = await app.fetch(new Request('http://localhost/users/7'))
      expect(await user.json()).toEqual({ id: '7' })
    },
  )

  it.each(forNode.map(({ name, source }) => [name, source]))(
    '%s is bundled for Node',
    { timeout: 120_000 },
    async (_, source) => {
      expect((await bundled(source, 'node')).length).toBeGreaterThan(1000)
    },
  )
})
