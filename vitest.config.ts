import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**', '.sluice/**']
const delivery = ['cli/test/deliver/delivery.test.ts']
const pure = ['infra/test/**/*.test.ts', 'actions/core/test/**/*.test.ts']

/**
 * `npm test`: rings 1 to 3 and one healthy and one faulty delivery. Longer suites are `*.long.ts` (vitest.long.config.ts). Projects
 * begin in the order of their names: the two deliveries take half of the time, and whatever else there is fits beside them.
 */
export default defineConfig({
  test: {
    globalSetup: './scripts/temporary-folder.ts',
    maxWorkers: 2,
    // What takes a second takes many on a machine that is short of processors: limits are for what hangs.
    testTimeout: 180_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, test: { name: 'delivery', include: delivery, exclude } },
      // What is pure has nothing to be kept apart for, and CDK takes two seconds to load, in each of infra's forty files.
      { extends: true, test: { name: 'pure', include: pure, exclude, isolate: false } },
      {
        extends: true,
        test: { name: 'rooms', include: ['**/test/**/*.test.ts'], exclude: [...exclude, ...delivery, ...pure] },
      },
    ],
  },
})
