import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2'
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager'
import { Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { names } from '@sluice/core/names'
import { keyAliasArn } from '../encryption/exports.ts'
import { distributionRegion } from './entry.ts'
import { healthCheckers } from './networks.ts'

/** The header by which a load balancer knows its own distribution among all that CloudFront has. */
export const originHeader = 'x-sluice-origin'

/**
 * Which values are taken; the last one is sent. A value is changed in three deployments: add a number here, deploy, wait until the edge
 * has been deployed too, take the old one away.
 */
const generations = [1] as const

const secretName = (environment: string, generation: number) => names.secret(environment, `edge/origin-${generation}`)

/** A reference to a value, which CloudFormation resolves while deploying; by name, as in every region. */
const valueOf = (environment: string, generation: number) =>
  `{{resolve:secretsmanager:${secretName(environment, generation)}:SecretString:value}}`

/** What the distribution sends to every load balancer. */
export const sentHeader = (environment: string) => ({
  headerName: originHeader,
  headerValue: valueOf(environment, generations.at(-1) ?? 1),
})

/** The values, made in the primary region; every other region, and the distribution's, has a replica under the same name. */
export function addOriginSecrets(
  scope: Construct,
  environment: string,
  keyArn: string,
  regions: readonly string[],
): CfnSecret[] {
  const { partition, account, region: own } = Stack.of(scope)
  const others = [...new Set([...regions, distributionRegion])].filter((region) => region !== own)
  return generations.map(
    (generation) =>
      new CfnSecret(scope, `Secret${generation}`, {
        name: secretName(environment, generation),
        description: `What the distribution of ${environment} says to its load balancers`,
        kmsKeyId: keyArn,
        generateSecretString: {
          secretStringTemplate: '{}',
          generateStringKey: 'value',
          passwordLength: 64,
          excludePunctuation: true,
        },
        replicaRegions: others.map((region) => ({
          region,
          // A region with nothing else of the environment has no key of its data: Secrets Manager's own there.
          ...(regions.includes(region)
            ? { kmsKeyId: keyAliasArn({ partition, account, region }, environment, 'data') }
            : {}),
        })),
      }),
  )
}

const exactly = (fieldToMatch: CfnWebACL.FieldToMatchProperty, searchString: string): CfnWebACL.StatementProperty => ({
  byteMatchStatement: {
    fieldToMatch,
    positionalConstraint: 'EXACTLY',
    searchString,
    textTransformations: [{ priority: 0, type: 'NONE' }],
  },
})

/**
 * The firewall at a load balancer behind a distribution: nobody gets past the one before the distribution by way of another one. It lets in
 * who says the secret, who checks health at the path for it, and the testers of a new revision by their addresses.
 */
export function addOriginGuard(
  scope: Construct,
  environment: string,
  { loadBalancerArn, testers }: { readonly loadBalancerArn: string; readonly testers: readonly string[] },
): CfnWebACL {
  const addresses = (id: string, name: string, blocks: readonly string[]): CfnWebACL.StatementProperty => ({
    ipSetReferenceStatement: {
      arn: new CfnIPSet(scope, id, {
        name: `sluice-${environment}-${name}`,
        scope: 'REGIONAL',
        ipAddressVersion: 'IPV4',
        addresses: [...blocks],
      }).attrArn,
    },
  })
  const visible = (metricName: string) => ({
    metricName,
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
  })
  const guard = new CfnWebACL(scope, 'Guard', {
    name: `sluice-${environment}-origin`,
    scope: 'REGIONAL',
    defaultAction: { block: {} },
    visibilityConfig: visible(`sluice-${environment}-origin`),
    rules: [
      {
        name: 'Known',
        priority: 0,
        action: { allow: {} },
        visibilityConfig: visible('Known'),
        statement: {
          orStatement: {
            statements: [
              ...generations.map((generation) =>
                exactly({ singleHeader: { Name: originHeader } }, valueOf(environment, generation)),
              ),
              {
                andStatement: {
                  statements: [
                    addresses('HealthCheckers', 'health-checkers', healthCheckers),
                    exactly({ uriPath: {} }, '/health/ready'),
                  ],
                },
              },
              ...(testers.length > 0 ? [addresses('Testers', 'testers', testers)] : []),
            ],
          },
        },
      },
    ],
  })
  new CfnWebACLAssociation(scope, 'Guarded', { resourceArn: loadBalancerArn, webAclArn: guard.attrArn })
  return guard
}
