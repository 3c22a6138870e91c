import { defineConfig } from 'vitest/config'

/** `npm test`: rings 1 to 3 and one healthy and one faulty delivery. Longer suites are `*.long.ts` (vitest.long.config.ts). */
export default defineConfig({
  test: {
    include: ['**/test/**/*.test.ts'],
    globalSetup: './scripts/temporary-folder.ts',
    exclude: ['**/node_modules/**', '**/dist/**', '.sluice/**'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
