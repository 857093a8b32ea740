import { defineConfig } from 'vitest/config'

/** Tests hurt the program itself, and ask what is left of it: nobody starts it again. The watchdog has its own tests. */
const env = { PARALLAX_WATCHDOG: 'no' }

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
          env,
          include: ['test/{services,scenarios,contracts}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          env,
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
