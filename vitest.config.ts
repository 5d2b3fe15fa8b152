import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that start many processes, need a program from outside npm, or wait for real timeouts: see CONTRIBUTING.md. */
const slow = ['**/*.slow.test.ts']

/** The tests of created projects are for Node's test runner. */
const nodeTests = ['examples/00-create/{.build,test}/**']

const project = (
  name: string,
  include: string[],
  exclude: string[] = [],
  env: Record<string, string> = {},
) => ({
  extends: true as const,
  test: { name, include, exclude: ['**/node_modules/**', ...nodeTests, ...exclude], env },
})
/** Runs the projects with the longest files first, so that no processor waits for one of them at the end. */
class LongFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ project }: TestSpecification) => ['docs', 'release', 'bench'].includes(project.name)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

const folders = ['packages/*/src', 'examples/*', 'conformance', 'scripts']
const within = (patterns: string[]) =>
  folders.flatMap((folder) => patterns.map((pattern) => `${folder}/${pattern}`))

/** The tests of everything above HTTP/1.1, which also run on the engine of `@tsgi/http1`: see packages/server/test/serve.ts. */
const onEngine = [
  'packages/server/src/http/*.test.ts',
  'packages/server/src/http/http1/*.test.ts',
  'packages/server/src/{listen,observe,proxies}/*.test.ts',
  'packages/server/src/serve/{event-streams,hostile-application,lifecycle,serve}.test.ts',
  'packages/websocket/src/{handshake,websocket}.test.ts',
  'packages/connect/src/{connect,request,response,socket}.test.ts',
  'packages/{log,telemetry}/src/{log,telemetry}.test.ts',
  // These take a few seconds. The others of `tsgi serve` do as well: run them with TSGI_ENGINE=tsgi.
  'packages/server/src/listen/tls.slow.test.ts',
  'packages/tsgi/src/cli/serve-listen.slow.test.ts',
  'packages/tsgi/src/config/socket-activation.slow.test.ts',
]

const seeded = {
  find: /^fast-check$/,
  replacement: join(import.meta.dirname, 'scripts/seeded-fast-check.ts'),
}

export default defineConfig({
  resolve: { alias: process.env.CI === 'true' ? [seeded] : [] },
  test: {
    testTimeout: 20_000,
    sequence: { sequencer: LongFilesFirst },
    expect: { poll: { timeout: 10_000 } },
    projects: [
      project('fast', within(['**/*.test.ts']), slow),
      project('slow', within(slow)),
      project('engine', onEngine, ['**/*uwsgi*', '**/*-address.test.ts'], { TSGI_ENGINE: 'tsgi' }),
      project('bench', ['bench/**/*.test.ts']),
      project('runtimes', ['runtimes/*.test.ts']),
      project('docs', ['docs/*.test.ts']),
      // These tests share a registry.
      {
        extends: true,
        test: { name: 'release', include: ['release/*.test.ts'], globalSetup: 'release/setup.ts' },
      },
    ],
  },
})
