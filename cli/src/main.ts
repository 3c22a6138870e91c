#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import { ConfigurationError, describeProblem } from '@sluice/core/failure'
import { compiledCodeFolder } from './cache-folder.ts'
import type { Command } from './command.ts'

enableCompileCache(compiledCodeFolder())

/** Loaded on demand: `sluice cost` should not wait for the AWS endpoint's modules. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  bootstrap: async () => (await import('./bootstrap.ts')).bootstrap,
  cost: async () => (await import('./cost.ts')).cost,
  deliver: async () => (await import('./deliver.ts')).deliver,
  judge: async () => (await import('./judge.ts')).judge,
  plan: async () => (await import('./plan.ts')).plan,
  pr: async () => (await import('./pr.ts')).pr,
  rto: async () => (await import('./rto.ts')).rto,
  shards: async () => (await import('./shards.ts')).shards,
  up: async () => (await import('./up.ts')).up,
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  const load = name == null ? undefined : commands[name]
  if (!load) {
    const help = await overview()
    const isAskedFor = name == null || name === '--help' || name === 'help'
    if (!isAskedFor) console.error(`sluice: expected one of ${Object.keys(commands).join(', ')}, found "${name}"\n`)
    console.log(help)
    return isAskedFor ? 0 : 2
  }
  const command = await load()
  if (args.includes('--help')) {
    console.log(command.help)
    return 0
  }
  return command.run(args)
}

async function overview(): Promise<string> {
  const list = await Promise.all(Object.values(commands).map((load) => load()))
  const width = Math.max(...list.map(({ name }) => name.length))
  return [
    'sluice: deliver containerised services to ECS, gate by gate, on GitHub or on one machine',
    '',
    ...list.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'sluice <command> --help tells more.',
  ].join('\n')
}

/** What `parseArgs` throws for an option that a command has not: what is to be mended is the command line. */
function isBadOption(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = 1
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) console.error(`sluice: ${describeProblem(problem)}`)
  } else if (isBadOption(error)) {
    console.error(`sluice: ${error.message}`)
  } else {
    console.error(error)
  }
}
