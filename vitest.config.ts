import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'examples/*/*.test.ts',
      'runtimes/*.test.ts',
      'scripts/*.test.ts',
      'bench/**/*.test.ts',
    ],
    testTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
  },
})
