import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '@sluice/core/failure'
import { priceEnvironment, priceProfile, readCostAssumptions, readEnvironments } from '@sluice/infra/planning'
import type { Command } from './command.ts'
import { costJson } from './cost/cost-json.ts'
import { describeCost } from './cost/describe-cost.ts'

/** `sluice cost`: what a profile or an environment costs a month, priced from its templates. */
export const cost: Command = {
  name: 'cost',
  summary: 'what a profile or an environment costs a month, from its templates',
  help: `usage: sluice cost --profile NAME | --environment NAME [--json] [--environments DIR]

Synthesizes the templates and prices every resource in them by infra/prices/us-east-1.json, with the traffic and sizes that
infra/prices/usage.yaml assumes. Says what rollouts and another service add, and explains every difference to the documented
figure by item. Needs no account and no network. Exit code 1 above the profile's cap (with --environment: above the budget in
its environment.yaml), and for a resource type that has no price.

  --profile NAME      a profile as it is documented: free, dev, production or global
  --environment NAME  an environment as its files have it
  --json              { profile, environment, regions, monthlyUsd, capUsd, withinCap, items: [...], documented, rollouts, ... }
  --environments DIR  in place of environments/

  sluice cost --profile production
  sluice cost --environment prod --json`,
  async run(args) {
    const { profile, environment, json, environments } = parse(args)
    const assumptions = await readCostAssumptions()
    const state = await readEnvironments(environments)
    const cost =
      profile == null
        ? priceEnvironment(state, environment ?? '', assumptions)
        : priceProfile(state, profile, assumptions)
    const { prices } = assumptions
    console.log(json ? JSON.stringify(costJson(cost, prices), null, 2) : describeCost(cost, prices))
    return cost.monthlyUsd <= cost.capUsd ? 0 : 1
  },
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string' },
        environment: { type: 'string' },
        json: { type: 'boolean', default: false },
        environments: { type: 'string', default: join(import.meta.dirname, '../../environments') },
      },
    })
    if ((values.profile == null) === (values.environment == null)) {
      throw new Error('expected one of --profile NAME and --environment NAME')
    }
    return values
  } catch (error) {
    throw new ConfigurationError((error as Error).message, { cause: error })
  }
}
