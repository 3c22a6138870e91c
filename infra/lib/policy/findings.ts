import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag'
import type { App } from 'aws-cdk-lib'

/** One finding of a rule at one construct. */
export interface PolicyFinding {
  /** The rule, with what it found in brackets: `AwsSolutions-IAM5[Action::ecs:*]`. */
  readonly rule: string
  /** `<environment>/<part>/<construct>`, the same in every account and region. */
  readonly path: string
  readonly description: string
}

/** Asks AwsSolutions and NIST 800-53 R5 of every construct of an app; nothing is synthesized for it. */
export function policyFindings(app: App): PolicyFinding[] {
  const packs = [new AwsSolutionsChecks(), new NIST80053R5Checks()]
  return packs.flatMap((pack) =>
    pack.validateScope(app).violations.flatMap(({ ruleName, description, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({
        rule: ruleName,
        path: shortPath(constructPath ?? ''),
        description,
      })),
    ),
  )
}

/** Construct ids of stacks carry account and region, which say nothing about a finding. */
function shortPath(path: string): string {
  return path.replace(/^sluice-([a-z0-9]+)-([a-z]+)-\d{12}-[a-z0-9-]+\//, '$1/$2/')
}
