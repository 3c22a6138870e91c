import type { Iam } from '../iam/create-iam.ts'
import type { PolicyDocument } from '../iam/trust.ts'
import { ecsTypes } from './ecs-types.ts'
import type { ServiceUpdates } from './service-changes.ts'
import { elbTypes } from './elb-types.ts'
import { unlessExists } from './resource-type.ts'
import type { ResourceContext, Properties, ResourceTypes, Invoke } from './resource-type.ts'

/** The types that are made for real. Everything else is acknowledged by type. */
export function createResourceTypes(invoke: Invoke, iam: Iam, updates?: ServiceUpdates): ResourceTypes {
  return { ...ecsTypes(invoke, updates), ...elbTypes(invoke), ...otherTypes(invoke, iam) }
}

interface InlinePolicy {
  readonly PolicyName: string
  readonly PolicyDocument: PolicyDocument
}

function otherTypes(invoke: Invoke, iam: Iam): ResourceTypes {
  const attach = ({ PolicyName, PolicyDocument, Roles }: Properties, { generated }: ResourceContext) => {
    const name = (PolicyName as string | undefined) ?? generated
    for (const role of (Roles as string[] | undefined) ?? [])
      iam.addPolicy(role, name, PolicyDocument as PolicyDocument)
    return { ref: name, attributes: { PolicyArn: name, Id: name } }
  }
  return {
    'AWS::IAM::Role': (properties, { generated }) => {
      const name = (properties['RoleName'] as string | undefined) ?? generated
      const policies = ((properties['Policies'] as InlinePolicy[] | undefined) ?? []).map(
        ({ PolicyDocument }) => PolicyDocument,
      )
      const { arn } = iam.putRole({ name, trust: properties['AssumeRolePolicyDocument'] as PolicyDocument, policies })
      return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name}` } }
    },
    'AWS::IAM::Policy': attach,
    'AWS::IAM::ManagedPolicy': (properties, context) => {
      const name = (properties['ManagedPolicyName'] as string | undefined) ?? context.generated
      const { attributes } = attach({ ...properties, PolicyName: name }, context)
      const arn = `arn:aws:iam::${context.account}:policy/${name}`
      return { ref: arn, attributes: { ...attributes, PolicyArn: arn } }
    },
    'AWS::IAM::OIDCProvider': (properties) => {
      const audiences = (properties['ClientIdList'] as string[] | undefined) ?? []
      const arn = iam.putOidcProvider(properties['Url'] as string, audiences)
      return { ref: arn, attributes: { Arn: arn } }
    },
    'AWS::ECR::Repository': async (properties, { generated, account, region }) => {
      const name = (properties['RepositoryName'] as string | undefined) ?? generated
      const filters = (properties['ImageTagMutabilityExclusionFilters'] as Record<string, string>[] | undefined) ?? []
      const settings = {
        repositoryName: name,
        imageTagMutability: properties['ImageTagMutability'] ?? 'MUTABLE',
        imageTagMutabilityExclusionFilters: filters.map((filter) => ({
          filter: filter['ImageTagMutabilityExclusionFilterValue'],
        })),
      }
      const made = await unlessExists(invoke('ecr', 'CreateRepository', settings), ['RepositoryAlreadyExistsException'])
      if (!made) await invoke('ecr', 'PutImageTagMutability', settings)
      const { repositories } = await invoke<{ repositories: { repositoryUri: string }[] }>(
        'ecr',
        'DescribeRepositories',
        {
          repositoryNames: [name],
        },
      )
      const arn = `arn:aws:ecr:${region}:${account}:repository/${name}`
      return { ref: name, attributes: { Arn: arn, RepositoryUri: repositories[0]?.repositoryUri } }
    },
    'AWS::ECR::RegistryScanningConfiguration': async (properties, { account }) => {
      const rules = properties['Rules'] as {
        ScanFrequency: string
        RepositoryFilters: { Filter: string; FilterType: string }[]
      }[]
      await invoke('ecr', 'PutRegistryScanningConfiguration', {
        scanType: properties['ScanType'],
        rules: rules.map(({ ScanFrequency, RepositoryFilters }) => ({
          scanFrequency: ScanFrequency,
          repositoryFilters: RepositoryFilters.map(({ Filter, FilterType }) => ({
            filter: Filter,
            filterType: FilterType,
          })),
        })),
      })
      return { ref: account, attributes: { RegistryId: account } }
    },
    'AWS::SNS::Topic': async (properties, { generated }) => {
      const name = (properties['TopicName'] as string | undefined) ?? generated
      const { TopicArn } = await invoke<{ TopicArn: string }>('sns', 'CreateTopic', { Name: name })
      return { ref: TopicArn, attributes: { TopicArn, TopicName: name } }
    },
    'AWS::SSM::Parameter': async (properties, { generated }) => {
      const { Name = generated, Type = 'String', Value } = properties
      await invoke('ssm', 'PutParameter', { Name, Type, Value, Overwrite: true })
      return { ref: Name as string, attributes: { Type, Value } }
    },
    'AWS::Logs::LogGroup': async (properties, { generated, account, region }) => {
      const name = (properties['LogGroupName'] as string | undefined) ?? generated
      await unlessExists(invoke('logs', 'CreateLogGroup', { logGroupName: name }), ['ResourceAlreadyExistsException'])
      return { ref: name, attributes: { Arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*` } }
    },
    'AWS::SecretsManager::Secret': async (properties, { generated }) => {
      const name = (properties['Name'] as string | undefined) ?? generated
      const input = { Name: name, SecretString: properties['SecretString'] }
      await unlessExists(invoke('secretsmanager', 'CreateSecret', input), ['ResourceExistsException'])
      const { ARN } = await invoke<{ ARN: string }>('secretsmanager', 'DescribeSecret', { SecretId: name })
      return { ref: ARN, attributes: { Id: ARN } }
    },
    /** CDK's `Stack.toJsonString` of values that are known only while deploying; in AWS a function of CDK's own answers it. */
    'Custom::AWSCDKCfnJsonStringify': (properties, { generated }) => ({
      ref: generated,
      attributes: { Value: JSON.stringify(properties['Value']) },
    }),
    'AWS::CloudWatch::Alarm': async (properties, { generated, account, region }) => {
      const name = (properties['AlarmName'] as string | undefined) ?? generated
      await invoke('cloudwatch', 'PutMetricAlarm', { ...properties, AlarmName: name })
      return { ref: name, attributes: { Arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}` } }
    },
  }
}
