import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalAws } from '@sluice/local/aws'
import { runProgram } from './child-process.ts'
import { compiledCode } from '../cache-folder.ts'
import type { BaselineRelease, LocalMain } from './local-main.ts'

/**
 * Builds and pushes the baseline with the committed bundle of `build-image`, as one does for the first image of an empty
 * account: ambient credentials, no gates (docs/adr/0002-first-image.md).
 */
export async function buildBaseline(options: {
  readonly aws: LocalAws
  readonly checkout: string
  readonly main: LocalMain
  readonly service: string
  readonly scratch: string
  readonly environment: Readonly<Record<string, string>>
  readonly onLine: (line: string) => void
}): Promise<BaselineRelease> {
  const { aws, main, scratch } = options
  await mkdir(scratch, { recursive: true })
  const outputFile = join(scratch, 'output')
  await writeFile(outputFile, '')
  await runProgram(process.execPath, [join(options.checkout, 'actions/dist/build-image.mjs')], {
    cwd: main.folder,
    env: {
      ...options.environment,
      ...compiledCode(),
      ...aws.environment(),
      GITHUB_WORKSPACE: main.folder,
      GITHUB_SHA: main.baseline.commit,
      GITHUB_OUTPUT: outputFile,
      RUNNER_TEMP: scratch,
      HOME: process.env['HOME'],
      INPUT_SERVICE: options.service,
      INPUT_PUSH: 'true',
    },
    onLine: options.onLine,
  })
  const outputs = await readFile(outputFile, 'utf8')
  const release = /^release<<(\S+)\n([\s\S]*?)\n\1$/m.exec(outputs)?.[2] ?? /^release=(.*)$/m.exec(outputs)?.[1]
  if (release == null) throw new Error(`expected the output "release" of build-image, found:\n${outputs}`)
  return JSON.parse(release) as BaselineRelease
}
