import { ConfigurationError } from '@sluice/core/failure'
import type { Command } from './command.ts'
import { parseDeliverOptions } from './deliver/options.ts'

export const deliver: Command = {
  name: 'deliver',
  summary: 'carry HEAD through dev, stage and prod on this machine (npm start)',
  help: `sluice deliver [--yes] [--fault NAME] [--runtime NAME] [--keep] [--port N] [--speed N] [--traffic N]

Delivers HEAD with the repository's own workflows against a local AWS endpoint: builds the image, scans it, pushes it,
deploys dev and stage, load-tests stage, opens the promotion, asks for the merge and the approval, shifts production traffic
in judged steps, verifies, records.

  --yes            answer the prompts as the configured reviewers
  --fault NAME     commit a change that misbehaves: errors, latency (in prod), crash, never-healthy
  --runtime NAME   docker, process or auto (docker when an engine answers)
  --keep           leave everything running at the end, until Ctrl-C
  --port N         the AWS endpoint's port (4566; 0 takes a free one)
  --speed N        the emulator's bakes, probes and drains run N times faster (60)
  --traffic N      requests a second through production while it is replaced (240); with fewer a busy machine stays quick
                   enough for the service's objective, and the judge takes longer

Examples
  npm start                             deliver HEAD, with prompts
  npm start -- --yes                    without prompts
  npm start -- --yes --fault errors     watch the judge roll back a bad release
  npm start -- --yes --traffic 100      beside other work: at 25 % the judge takes 20 s in place of 8
`,
  run: async (args) => {
    const options = parseDeliverOptions(args)
    if (!options.yes && !process.stdin.isTTY) {
      const hint = 'run it at a terminal, or with --yes to answer as the configured reviewers'
      throw new ConfigurationError([{ message: 'expected a terminal for the prompts, found none', hint }])
    }
    const { deliverHead } = await import('./deliver/deliver-head.ts')
    return deliverHead(options)
  },
}
