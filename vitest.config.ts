import { defineConfig } from 'vitest/config'

/** Tests that start many processes, need a program from outside npm, or wait for real timeouts: see CONTRIBUTING.md. */
const slow = ['**/*.slow.test.ts']

/** The tests of created projects are for Node's test runner. */
const nodeTests = ['examples/00-create/{.build,test}/**']

const project = (name: string, include: string[], exclude: string[] = []) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/node_modules/**', ...nodeTests, ...exclude] },
})
const folders = ['packages/*/src', 'examples/*', 'conformance', 'docs', 'scripts']
const within = (patterns: string[]) =>
  folders.flatMap((folder) => patterns.map((pattern) => `${folder}/${pattern}`))

export default defineConfig({
  test: {
    testTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      project('fast', within(['**/*.test.ts']), slow),
      project('slow', within(slow)),
      project('bench', ['bench/**/*.test.ts']),
      project('runtimes', ['runtimes/*.test.ts']),
      // These tests share a registry.
      {
        extends: true,
        test: { name: 'release', include: ['release/*.test.ts'], globalSetup: 'release/setup.ts' },
      },
    ],
  },
})
