import { defineConfig } from 'vitest/config'

/** `npm run test:long`: what is true but slow. Runs one file at a time: each starts servers, engines and clients of its own. */
export default defineConfig({
  test: {
    include: ['**/test/**/*.long.ts'],
    globalSetup: './scripts/temporary-folder.ts',
    exclude: ['**/node_modules/**', '**/dist/**', '.sluice/**'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
})
