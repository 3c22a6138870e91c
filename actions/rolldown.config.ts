import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'rolldown'

const folder = import.meta.dirname
const entries = globSync('src/*.ts', { cwd: folder }).sort()

/**
 * One small file an action, and what they share in chunks with stable names, so that a diff of `dist` shows what changed.
 * ESM, because `@actions/core` and its `undici` load Node's modules in ways that other bundlers break (research 3.7).
 */
export default defineConfig({
  cwd: folder,
  input: Object.fromEntries(entries.map((path) => [basename(path, '.ts'), path])),
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: 'shared/[name].mjs',
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: {
      groups: [
        {
          name: 'aws',
          test: /node_modules[\\/](@aws-sdk[\\/](?!client-s3|middleware-sdk-s3)|@smithy[\\/]|@aws-crypto[\\/])/,
        },
        // Of one action, after what it shares with the others: they do not load it.
        { name: 's3', test: /node_modules[\\/]@aws-sdk[\\/]/ },
        { name: 'github', test: /node_modules[\\/](@actions|@octokit)[\\/]/ },
        { name: 'vendor', test: /node_modules[\\/]/ },
        { name: 'sluice', test: /actions[\\/](core[\\/])?src[\\/]/, minShareCount: 2 },
      ],
    },
  },
})
