import { defineConfig } from 'vitest/config'

/** One project per kind of test, so that each can run alone; browser and service tests get longer limits. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['src/**/*.fixtures.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'fixtures',
          include: ['src/**/*.fixtures.test.ts', 'test/fixtures-driven/**/*.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'services',
          include: ['test/{services,scenarios,contracts}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
