import { CfnLogGroup } from 'aws-cdk-lib/aws-logs'
import { CfnLoggingConfiguration, CfnWebACL } from 'aws-cdk-lib/aws-wafv2'
import { Fn, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { originHeader } from './origin-guard.ts'

/** Requests of one address in five minutes. An office behind one address that installs a few large projects stays below. */
export const rateLimit = { requests: 20_000, seconds: 300 } as const

/** Rules of the core rule set that read bodies, by the label that each leaves (WAF: "Core rule set (CRS) managed rule group"). */
const bodyRules = {
  CrossSiteScripting_BODY: 'CrossSiteScripting_Body',
  GenericLFI_BODY: 'GenericLFI_Body',
  GenericRFI_BODY: 'GenericRFI_Body',
  EC2MetaDataSSRF_BODY: 'EC2MetaDataSSRF_Body',
} as const

/**
 * Counted for everybody: a publish and the list that an audit sends are larger than the 8 KB that the rule allows, and the service has limits
 * of its own; and a package may be called `app.config`.
 */
const counted = ['SizeRestrictions_BODY', 'RestrictedExtensions_URIPATH']

type Rule = CfnWebACL.RuleProperty

const visible = (metricName: string) => ({ metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true })

function managed(priority: number, name: string, countedRules: readonly string[] = []): Rule {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    visibilityConfig: visible(name),
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: countedRules.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
  }
}

/** Everything but PUT is blocked for what it carries: a published readme may show a script or a path, as code and not as an attack. */
const bodiesOfOthers = (priority: number): Rule => ({
  name: 'BodiesOfOthers',
  priority,
  action: { block: {} },
  visibilityConfig: visible('BodiesOfOthers'),
  statement: {
    andStatement: {
      statements: [
        {
          notStatement: {
            statement: {
              byteMatchStatement: {
                fieldToMatch: { method: {} },
                positionalConstraint: 'EXACTLY',
                searchString: 'PUT',
                textTransformations: [{ priority: 0, type: 'NONE' }],
              },
            },
          },
        },
        {
          orStatement: {
            statements: Object.values(bodyRules).map((label) => ({
              labelMatchStatement: { scope: 'LABEL', key: `awswaf:managed:aws:core-rule-set:${label}` },
            })),
          },
        },
      ],
    },
  },
})

/**
 * The firewall before a distribution. Amazon's list of anonymous addresses is left out on purpose: it holds hosting providers, and so
 * the runners that install packages in every build.
 */
export function addFirewall(scope: Construct, environment: string): CfnWebACL {
  return new CfnWebACL(scope, 'Firewall', {
    name: `sluice-${environment}`,
    scope: 'CLOUDFRONT',
    defaultAction: { allow: {} },
    visibilityConfig: visible(`sluice-${environment}`),
    rules: [
      {
        name: 'Rate',
        priority: 0,
        // npm tries again on 429; it gives up on 403.
        action: { block: { customResponse: { responseCode: 429 } } },
        visibilityConfig: visible('Rate'),
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            limit: rateLimit.requests,
            evaluationWindowSec: rateLimit.seconds,
          },
        },
      },
      managed(1, 'AWSManagedRulesAmazonIpReputationList'),
      managed(2, 'AWSManagedRulesKnownBadInputsRuleSet'),
      managed(3, 'AWSManagedRulesCommonRuleSet', [...counted, ...Object.keys(bodyRules)]),
      bodiesOfOthers(4),
    ],
  })
}

/** What the firewall blocked or counted, without what signs a client, or the distribution, in. */
export function addFirewallLogs(scope: Construct, environment: string, firewall: CfnWebACL, keyArn: string): void {
  const { account, partition, region } = Stack.of(scope)
  const group = new CfnLogGroup(scope, 'FirewallLogs', {
    // WAF writes to groups of this prefix alone.
    logGroupName: `aws-waf-logs-sluice-${environment}`,
    retentionInDays: 90,
    kmsKeyId: keyArn,
  })
  const actions = ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map((Action) => ({ ActionCondition: { Action } }))
  new CfnLoggingConfiguration(scope, 'FirewallLogging', {
    resourceArn: firewall.attrArn,
    logDestinationConfigs: [Fn.join('', [`arn:${partition}:logs:${region}:${account}:log-group:`, group.ref])],
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: actions }],
    },
    redactedFields: ['authorization', 'cookie', originHeader].map((Name) => ({ singleHeader: { Name } })),
  })
}
